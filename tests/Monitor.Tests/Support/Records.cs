using Google.Protobuf.WellKnownTypes;
using ModelOps.Contracts.Features.V1;
using ModelOps.Contracts.Monitor.V1;
using Value = ModelOps.Contracts.Features.V1.Value;

namespace ModelOps.Monitor.Tests.Support;

/// <summary>Records as Inference logs them.</summary>
internal static class Records
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static PredictionRecord Of(string model, string id, long version = 1, double score = 0.2, DateTimeOffset? time = null) => new()
    {
        PredictionId = id,
        Workspace = "default",
        Environment = "production",
        Model = model,
        Version = version,
        Time = (time ?? Noon).ToTimestamp(),
        EventTime = (time ?? Noon).ToTimestamp(),
        LatencyUs = 1_500,
        Prediction = score >= 0.5 ? "1" : "0",
        Score = score,
    };

    /// <summary>Records with ids from <paramref name="first"/> on, a second apart.</summary>
    public static IReadOnlyList<PredictionRecord> Many(string model, int count, int first = 0, long version = 1) =>
        [.. Enumerable.Range(first, count).Select(i => Of(model, Id(model, i), version, time: Noon.AddSeconds(i)))];

    public static string Id(string model, int number) => $"{model}-{number:D6}";

    public static PredictionRecord With(this PredictionRecord record, string feature, Value value)
    {
        record.Features.Add(new NamedValue { Name = feature, Value = value });
        return record;
    }

    public static Value Number(double number) => new() { DoubleValue = number };

    public static Value Text(string text) => new() { StringValue = text };
}
