using System.Text.Json.Serialization;
using ModelOps.Monitor.Ingest;
using Wire = ModelOps.Contracts.Monitor.V1;

namespace ModelOps.Monitor.Api;

/// <summary>True outcomes to store.</summary>
internal sealed record LabelsBody(IReadOnlyList<LabelBody?> Labels);

/// <summary>A true outcome.</summary>
internal sealed record LabelBody(string PredictionId, double Label);

/// <summary>How a model is watched; what is left out takes its default.</summary>
internal sealed record PolicyBody
{
    public long WindowRows { get; set; }

    public double WindowSeconds { get; set; }

    public double WindowIdleSeconds { get; set; }

    public long MinimumRows { get; set; }

    public double DriftedShare { get; set; }

    public Wire.MonitoringPolicy ToWire(string workspace, string model) => new()
    {
        Workspace = workspace,
        Model = model,
        WindowRows = WindowRows,
        WindowSeconds = WindowSeconds,
        WindowIdleSeconds = WindowIdleSeconds,
        MinimumRows = MinimumRows,
        DriftedShare = DriftedShare,
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RejectedBatchesBody))]
internal sealed partial class MonitorJson : JsonSerializerContext;
