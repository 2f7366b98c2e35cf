using ModelOps.Batch.Models;
using ModelOps.Batch.Records;
using ModelOps.Batch.Rows;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Batch.Runs;

/// <summary>How the rows of an input become inputs of a model and its outputs columns of the output.</summary>
/// <param name="Input">The head of the input.</param>
/// <param name="Features">What the model takes.</param>
/// <param name="Predictions">What it gives.</param>
/// <param name="Format">Reads and writes rows.</param>
internal sealed record BatchPlan(InputFile Input, FeatureLayout Features, PredictionLayout Predictions, IRowFormat Format)
{
    /// <summary>Bytes of features that a chunk may take in memory.</summary>
    private const long MostChunkBytes = 1L << 30;

    public static async Task<Outcome<BatchPlan>> OfAsync(BatchSpec spec, BatchModel model, CancellationToken ct)
    {
        var laidOut = FeatureLayout.Of(model);
        if (laidOut.Value is not { } features)
        {
            return laidOut.Refusal!;
        }
        var mostRows = MostChunkBytes / (features.Slots.Length * sizeof(double));
        if (spec.ChunkRows > mostRows)
        {
            return Refusal.Invalid("chunk_rows", $"must be at most {mostRows} for a model with {features.Slots.Length} features");
        }
        var head = await InputFile.ReadAsync(spec.Input, spec.Format, ct);
        var predictions = new PredictionLayout(model);
        return head.Then(input => IRowFormat.Of(spec.Format, input, features, predictions).Then<BatchPlan>(format => new BatchPlan(input, features, predictions, format)));
    }
}
