using ModelOps.FeatureStore.Definitions;
using ModelOps.FeatureStore.History;
using ModelOps.FeatureStore.Values;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.FeatureStore.Ingestion;

/// <summary>Where a row stands, for the caller to find it: the n-th of a push, or a line of a file.</summary>
internal readonly record struct RowPlace(long Number, bool IsLine)
{
    /// <summary>Where a pushed row has its time, whatever the column in the files of its view is called.</summary>
    public const string EventTimeField = "event_time";

    /// <summary>The time of the row.</summary>
    public string Time(FeatureView view) => Field(IsLine ? view.EventTimeColumn : EventTimeField);

    /// <summary>A field of the row.</summary>
    public string Field(string name) => IsLine ? $"line {Number}, column {name}" : $"rows[{Number}].{name}";
}

/// <summary>What a row of a view must look like.</summary>
internal static class RowRules
{
    /// <summary>Checks a row and packs it.</summary>
    /// <param name="view">The view.</param>
    /// <param name="entity">Entity key.</param>
    /// <param name="eventTime">Microseconds since 1970.</param>
    /// <param name="values">One per feature, in the order of the schema.</param>
    /// <param name="place">Where the row stands.</param>
    /// <param name="latest">The last event time that is allowed.</param>
    public static Outcome<HistoryRow> Pack(FeatureView view, FeatureValue entity, long eventTime, ReadOnlySpan<FeatureValue> values, RowPlace place, long latest)
    {
        if (EntityKey.BrokenRule(entity, view.Entity.Type) is { } keyRule)
        {
            return Refusal.Invalid(place.Field(view.Entity.JoinKey), keyRule);
        }
        if (EventTime.BrokenRule(eventTime, latest) is { } timeRule)
        {
            return Refusal.Invalid(place.Time(view), timeRule);
        }
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i].BrokenRule(view.Schema[i].Type) is { } rule)
            {
                return Refusal.Invalid(place.Field(view.Schema[i].Name), rule);
            }
        }
        return new HistoryRow(EntityKey.ToBytes(entity), eventTime, RowCodec.Pack(view.Version, eventTime, values));
    }
}
