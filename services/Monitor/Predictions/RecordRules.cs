using Google.Protobuf.WellKnownTypes;
using ModelOps.Contracts.Features.V1;
using ModelOps.Monitor.Naming;
using ModelOps.ServiceDefaults.Errors;
using Value = ModelOps.Contracts.Features.V1.Value;
using Wire = ModelOps.Contracts.Monitor.V1;

namespace ModelOps.Monitor.Predictions;

/// <summary>The limits of prediction_log.proto, and what PostgreSQL cannot hold.</summary>
internal static class RecordRules
{
    /// <summary>Largest record, so that a page of them always fits a message.</summary>
    public const int MaxRecordBytes = 1 << 20;

    // The identity a client gives, and the number of the row that may be appended to it.
    private const int MaxId = 128 + 11;
    private const int MaxText = 4_096;
    private const int MaxName = 128;
    private const long EarliestSecond = -62_135_596_800; // 0001-01-01
    private const long LatestSecond = 253_402_300_799; // 9999-12-31
    private const int NanosPerSecond = 1_000_000_000;

    /// <summary>The first rule a record breaks; null when it keeps them all.</summary>
    public static Refusal? Check(Wire.PredictionRecord record) =>
        CheckId(record.PredictionId)
        ?? Names.Check(Names.Workspace(record.Workspace), record.Model)
        ?? Names.CheckEnvironment(Names.Environment(record.Environment))
        ?? Names.CheckVersion(record.Version, min: 1)
        ?? CheckSize(record)
        ?? CheckText(record.Segment, MaxName, "segment")
        ?? (record.Time is null ? Refusal.Invalid("time", "must be present") : CheckTime(record.Time, "time"))
        ?? CheckTime(record.EventTime, "event_time")
        ?? (record.LatencyUs < 0 ? Refusal.Invalid("latency_us", $"must not be negative, it is {record.LatencyUs}") : null)
        ?? CheckText(record.Error, MaxText, "error")
        ?? CheckText(record.Prediction, MaxText, "prediction")
        ?? CheckValues(record.Entities, "entities")
        ?? CheckValues(record.Features, "features")
        ?? CheckNames(record.StoreFeatures, "store_features")
        ?? CheckNames(record.DefaultedFeatures, "defaulted_features");

    /// <summary>Whether text can be a prediction's identity.</summary>
    public static Refusal? CheckId(string id) =>
        id.Length == 0 ? Refusal.Invalid("prediction_id", "must not be empty") : CheckText(id, MaxId, "prediction_id");

    /// <summary>Whether a moment is one that both sides can hold; one that is not there is.</summary>
    public static Refusal? CheckTime(Timestamp? time, string field) =>
        time is null or { Seconds: >= EarliestSecond and <= LatestSecond, Nanos: >= 0 and < NanosPerSecond }
            ? null
            : Refusal.Invalid(field, "must be a moment of the years 1 to 9999");

    private static Refusal? CheckNames(IEnumerable<string> names, string field) =>
        names.Select(name => CheckText(name, MaxName, field)).FirstOrDefault(refusal => refusal is not null);

    private static Refusal? CheckSize(Wire.PredictionRecord record) =>
        record.CalculateSize() is var size and > MaxRecordBytes ? Refusal.Invalid("record", $"must have at most {MaxRecordBytes} bytes, it has {size}") : null;

    private static Refusal? CheckValues(IEnumerable<NamedValue> values, string field)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var named in values)
        {
            if (named.Name.Length == 0 || CheckText(named.Name, MaxName, field) is not null)
            {
                return Refusal.Invalid(field, $"must have names of 1 to {MaxName} characters other than U+0000");
            }
            if (!names.Add(named.Name))
            {
                return Refusal.Invalid(field, $"must not name {named.Name} twice");
            }
            if (named.Value is { KindCase: Value.KindOneofCase.StringValue } text && CheckText(text.StringValue, MaxText, $"{field}.{named.Name}") is { } refusal)
            {
                return refusal;
            }
        }
        return null;
    }

    private static Refusal? CheckText(string text, int max, string field) =>
        text.Length > max ? Refusal.Invalid(field, $"must have at most {max} characters, it has {text.Length}")
        : text.Contains('\0', StringComparison.Ordinal) ? Refusal.Invalid(field, "must not contain U+0000")
        : null;
}
