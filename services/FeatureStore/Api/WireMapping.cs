using Google.Protobuf.WellKnownTypes;
using ModelOps.FeatureStore.Definitions;
using ModelOps.FeatureStore.History;
using ModelOps.FeatureStore.Ingestion;
using ModelOps.FeatureStore.Values;
using ModelOps.ServiceDefaults.Errors;
using Wire = ModelOps.Contracts.Features.V1;

namespace ModelOps.FeatureStore.Api;

/// <summary>Between the messages of features.proto and this service's own types.</summary>
internal static class WireMapping
{
    public static FeatureValue ToValue(this Wire.Value? value) => value?.KindCase switch
    {
        Wire.Value.KindOneofCase.BoolValue => FeatureValue.Of(value.BoolValue),
        Wire.Value.KindOneofCase.Int64Value => FeatureValue.Of(value.Int64Value),
        Wire.Value.KindOneofCase.DoubleValue => FeatureValue.Of(value.DoubleValue),
        Wire.Value.KindOneofCase.StringValue => FeatureValue.Of(value.StringValue),
        _ => default,
    };

    public static Wire.Value ToWire(this FeatureValue value) => value.Type switch
    {
        FeatureType.Bool => new() { BoolValue = value.Bool },
        FeatureType.Int64 => new() { Int64Value = value.Bits },
        FeatureType.Double => new() { DoubleValue = value.Double },
        FeatureType.String => new() { StringValue = value.Text },
        _ => new(),
    };

    public static Wire.FeatureView ToWire(this FeatureView view) => new()
    {
        Workspace = view.Workspace,
        Name = view.Name,
        Version = view.Version,
        JoinKey = view.Entity.JoinKey,
        JoinKeyType = (Wire.ValueType)view.Entity.Type,
        Schema = { view.Schema.Select(field => new Wire.FeatureField { Name = field.Name, Type = (Wire.ValueType)field.Type }) },
        TtlSeconds = view.TtlSeconds,
        Online = view.Online,
    };

    public static Wire.FeatureService ToWire(this DescribedService service) => new()
    {
        Workspace = service.Service.Workspace,
        Name = service.Service.Name,
        Version = service.Service.Version,
        Features =
        {
            service.Features.Select(feature => new Wire.FeatureReference
            {
                View = feature.View.Name,
                Feature = feature.Name,
                Type = (Wire.ValueType)feature.View.Schema[feature.Index].Type,
                JoinKey = feature.View.Entity.JoinKey,
                JoinKeyType = (Wire.ValueType)feature.View.Entity.Type,
            }),
        },
    };

    public static FeatureQuery ToQuery(this Wire.FeatureSelection? selection) => new(
        selection?.FeatureService ?? "", selection?.FeatureServiceVersion ?? 0, selection?.Features ?? (IReadOnlyList<string>)[]);

    public static Outcome<Dictionary<string, FeatureValue[]>> ToKeys(this IEnumerable<Wire.EntityColumn> columns)
    {
        var keys = new Dictionary<string, FeatureValue[]>(StringComparer.Ordinal);
        foreach (var column in columns)
        {
            if (!keys.TryAdd(column.JoinKey, [.. column.Keys.Select(ToValue)]))
            {
                return Refusal.Invalid("entities", $"must name each join key once, {column.JoinKey} stands there twice");
            }
        }
        return keys;
    }

    public static Wire.FeatureVector ToWire(this FeatureColumn column) => new()
    {
        Feature = column.Feature,
        View = column.View,
        Values = { column.Values.Select(ToWire) },
        Statuses = { column.Statuses.Select(status => (Wire.FeatureStatus)status) },
        EventTimes = { column.EventTimes.Select(ToTimestamp) },
    };

    public static Outcome<List<GivenRow>> ToRows(this IReadOnlyList<Wire.FeatureRow> rows)
    {
        var given = new List<GivenRow>(rows.Count);
        foreach (var row in rows)
        {
            var time = row.EventTime.ToEventTime($"rows[{given.Count}].event_time");
            if (!time.Succeeded)
            {
                return time.Refusal;
            }
            given.Add(new(row.Entity.ToValue(), time.Value, [.. row.Values.Select(ToValue)]));
        }
        return given;
    }

    public static Outcome<HistoricalRows> ToRows(this Wire.HistoricalRows? rows)
    {
        if (rows is null)
        {
            return Refusal.Invalid("rows", "must be in every message after the selection");
        }
        var times = new long[rows.EventTimes.Count];
        for (var i = 0; i < times.Length; i++)
        {
            var time = rows.EventTimes[i].ToEventTime($"rows.event_times[{i}]");
            if (!time.Succeeded)
            {
                return time.Refusal;
            }
            times[i] = time.Value;
        }
        return rows.Entities.ToKeys().Then<HistoricalRows>(keys => new HistoricalRows(keys, times));
    }

    public static Wire.ReadHistoryResponse ToWire(this IReadOnlyList<EntityRow> rows) => new()
    {
        Rows =
        {
            rows.Select(row => new Wire.FeatureRow
            {
                Entity = row.Entity.ToWire(),
                EventTime = ToTimestamp(row.Row.EventTime),
                Values = { row.Row.Values.Select(ToWire) },
            }),
        },
    };

    /// <summary>A bound that may be left out; a timestamp out of range is refused.</summary>
    public static Outcome<OptionalTime> ToBound(this Timestamp? time, string field) =>
        time is null ? new OptionalTime(null) : time.ToEventTime(field).Then<OptionalTime>(known => new OptionalTime(known));

    private static Outcome<long> ToEventTime(this Timestamp? time, string field)
    {
        // The range of the message is that of DateTimeOffset, which its own conversion does not check.
        var isValid = time is { Nanos: >= 0 and < 1_000_000_000, Seconds: >= -62_135_596_800 and <= 253_402_300_799 };
        return isValid ? EventTime.Of(time!.ToDateTimeOffset()) : Refusal.Invalid(field, time is null ? "must be present" : "must be a valid timestamp");
    }

    private static Timestamp ToTimestamp(long eventTime) => Timestamp.FromDateTimeOffset(EventTime.ToMoment(eventTime));
}

/// <summary>A moment in microseconds since 1970, or none.</summary>
internal sealed record OptionalTime(long? Value);
