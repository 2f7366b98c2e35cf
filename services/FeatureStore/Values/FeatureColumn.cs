namespace ModelOps.FeatureStore.Values;

/// <summary>The values of one feature, one per entity row.</summary>
internal sealed class FeatureColumn(string view, string feature, int rows)
{
    public string View { get; } = view;

    public string Feature { get; } = feature;

    public FeatureValue[] Values { get; } = new FeatureValue[rows];

    public FeatureStatus[] Statuses { get; } = new FeatureStatus[rows];

    /// <summary>Microseconds since 1970; 0 when there is no row.</summary>
    public long[] EventTimes { get; } = new long[rows];

    /// <summary>Sets one entity's value from the row that was found.</summary>
    /// <param name="at">Number of the entity row.</param>
    /// <param name="row">The newest row; null when there is none.</param>
    /// <param name="index">Place of the feature in the row.</param>
    /// <param name="oldest">The oldest event time that is still valid.</param>
    public void Set(int at, Row? row, int index, long oldest)
    {
        var status = row is null ? FeatureStatus.NotFound
            : row.EventTime < oldest ? FeatureStatus.OutsideMaxAge
            : row.Values[index].IsNull ? FeatureStatus.NullValue
            : FeatureStatus.Present;
        Statuses[at] = status;
        EventTimes[at] = row?.EventTime ?? 0;
        Values[at] = status == FeatureStatus.Present ? row!.Values[index] : default;
    }
}
