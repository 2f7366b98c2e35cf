using ModelOps.Batch.Models;
using ModelOps.Batch.Rows;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Batch.Runs;

/// <summary>Predicts the rows of a chunk: many at a time, tried again where that helps, down to single rows where the model refuses some.</summary>
internal sealed class ChunkPredictor(IBatchPredictor predictor, FeatureLayout features, PredictionLayout layout, int requestRows, RetryPolicy retry, TimeProvider clock)
{
    /// <summary>Rows of a chunk that the model may refuse: with more it is not the rows that are wrong.</summary>
    public const int MostRefusedRows = 100;

    /// <summary>A request this large is cut in half: servers refuse large messages.</summary>
    private const int MostRequestBytes = 16 << 20;

    /// <summary>Predicts every row; those that the model refuses are rejected.</summary>
    /// <returns>One prediction a row, of rejected ones the default; or why the chunk cannot be done.</returns>
    public async Task<Outcome<RowPrediction[]>> PredictAsync(ChunkRows rows, CancellationToken ct)
    {
        var predictions = new RowPrediction[rows.Features.Count];
        if (predictions.Length == 0)
        {
            return predictions;
        }
        var rowBytes = Math.Max(1, rows.Features.Bytes / predictions.Length);
        var step = (int)Math.Clamp(MostRequestBytes / rowBytes, 1, Math.Min(requestRows, features.MostRows));
        var refused = 0;
        var waiting = new Stack<(int First, int Count)>();
        for (var first = 0; first < predictions.Length; first += step)
        {
            waiting.Push((first, Math.Min(step, predictions.Length - first)));
            while (waiting.TryPop(out var part))
            {
                var refusal = await TryAsync(rows, part.First, part.Count, predictions, ct);
                if (refusal is { Kind: RefusalKind.Invalid or RefusalKind.TooLarge } && part.Count > 1)
                {
                    waiting.Push((part.First + part.Count / 2, part.Count - part.Count / 2));
                    waiting.Push((part.First, part.Count / 2));
                }
                else if (refusal is { Kind: RefusalKind.Invalid or RefusalKind.TooLarge } && ++refused <= MostRefusedRows)
                {
                    rows.Reject(part.First, refusal.Detail);
                }
                else if (refusal is not null)
                {
                    return refused > MostRefusedRows
                        ? refusal with { Message = $"the model refuses more than {MostRefusedRows} rows of a chunk, the last one with: {refusal.Message}" }
                        : refusal;
                }
            }
        }
        return predictions;
    }

    private async Task<Refusal?> TryAsync(ChunkRows rows, int first, int count, RowPrediction[] predictions, CancellationToken ct)
    {
        var tensors = rows.Features.Tensors(first, count);
        for (var tries = 0; ; tries++)
        {
            var answer = await predictor.PredictAsync(features.Model, tensors, layout.Outputs, ct);
            if (answer.Value is { } outputs)
            {
                return RowPrediction.Read(layout, outputs, count, predictions.AsSpan(first, count)) is { } broken
                    ? new Refusal(RefusalKind.FailedPrecondition, broken)
                    : null;
            }
            if (retry.WaitAfter(answer.Refusal!, tries) is not { } wait)
            {
                return answer.Refusal;
            }
            await Task.Delay(wait, clock, ct);
        }
    }
}
