using ModelOps.FeatureStore.Values;

namespace ModelOps.FeatureStore.Definitions;

/// <summary>What features are about.</summary>
/// <param name="Name">Name.</param>
/// <param name="JoinKey">Name of the column that holds its key.</param>
/// <param name="Type">Type of the key: int64 or string.</param>
internal sealed record Entity(string Name, string JoinKey, FeatureType Type);

/// <summary>Features of one entity that come from one source.</summary>
internal sealed record FeatureView(string Workspace, string Name)
{
    /// <summary>1 and up, raised by every change of the schema.</summary>
    public required long Version { get; init; }

    public required Entity Entity { get; init; }

    /// <summary>Features in the order they are packed; a version adds at the end.</summary>
    public required IReadOnlyList<Field> Schema { get; init; }

    /// <summary>Seconds that a value stays valid after its event time; 0: for ever.</summary>
    public required long TtlSeconds { get; init; }

    /// <summary>Whether the newest rows are kept in the online store.</summary>
    public required bool Online { get; init; }

    /// <summary>The column of a file that holds the event time.</summary>
    public required string EventTimeColumn { get; init; }

    /// <summary>The oldest event time, in microseconds since 1970, whose values are valid at a moment.</summary>
    public long OldestValid(long at) => TtlSeconds == 0 ? long.MinValue : at - (TtlSeconds * 1_000_000);

    /// <summary>Place of a feature in the schema; -1 when the view has none of that name.</summary>
    public int IndexOf(string feature)
    {
        for (var i = 0; i < Schema.Count; i++)
        {
            if (Schema[i].Name == feature)
            {
                return i;
            }
        }
        return -1;
    }
}

/// <summary>A feature of a version of a view.</summary>
internal sealed record FeatureReference(string View, string Feature, long ViewVersion);

/// <summary>The features a model version reads.</summary>
internal sealed record FeatureService(string Workspace, string Name, long Version, IReadOnlyList<FeatureReference> Features);
