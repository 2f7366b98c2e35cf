using System.Buffers.Binary;
using System.Runtime.InteropServices;
using ModelOps.Batch.Models;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Batch.Tests.Support;

/// <summary>A model by hand: the risk is the amount in percent, and amounts above the cut are label 1. It refuses requests with an amount of 13.</summary>
internal sealed class RiskModel : IBatchPredictor
{
    private int _calls;

    /// <summary>Answers a call instead of the model; gets its number, from 1.</summary>
    public Func<int, Refusal?> Interfere { get; init; } = _ => null;

    /// <summary>Whether the features are columns of one matrix, and what they are called there.</summary>
    public string[]? Matrix { get; init; }

    public bool AllowNaN { get; init; } = true;

    public float Cut { get; init; } = 50;

    public string[] Labels { get; init; } = [];

    public int Calls => _calls;

    public int MostRows { get; private set; }

    public ValueTask<Outcome<BatchModel>> DescribeAsync(string model, long? version, CancellationToken ct) => ValueTask.FromResult<Outcome<BatchModel>>(
        new BatchModel(
            model, version ?? 7,
            Matrix is null ? [new("amount", "FP32", [-1, 1]), new("channel", "BYTES", [-1, 1])] : [new("x", "FP32", [-1, 2])],
            [new("label", "INT64", [-1]), new("probabilities", "FP32", [-1, 2])])
        {
            FeatureNames = Matrix ?? [],
            AllowNaN = AllowNaN,
            Labels = Labels,
        });

    public ValueTask<Outcome<TensorData[]>> PredictAsync(BatchModel model, IReadOnlyList<TensorData> inputs, IReadOnlyList<string> outputs, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var rows = (int)inputs[0].Shape[0];
        MostRows = Math.Max(MostRows, rows);
        if (Interfere(Interlocked.Increment(ref _calls)) is { } refusal)
        {
            return ValueTask.FromResult<Outcome<TensorData[]>>(refusal);
        }
        var values = MemoryMarshal.Cast<byte, float>(inputs[0].Raw.Span);
        var width = values.Length / rows;
        var (labels, probabilities) = (new byte[rows * sizeof(long)], new byte[rows * 2 * sizeof(float)]);
        for (var row = 0; row < rows; row++)
        {
            var amount = values[row * width];
            if (amount == 13)
            {
                return ValueTask.FromResult<Outcome<TensorData[]>>(Refusal.Invalid("inputs.amount", "is unlucky"));
            }
            BinaryPrimitives.WriteInt64LittleEndian(labels.AsSpan(row * sizeof(long)), amount > Cut ? 1 : 0);
            BinaryPrimitives.WriteSingleLittleEndian(probabilities.AsSpan(row * 2 * sizeof(float)), 1 - (amount / 100));
            BinaryPrimitives.WriteSingleLittleEndian(probabilities.AsSpan(((row * 2) + 1) * sizeof(float)), amount / 100);
        }
        return ValueTask.FromResult<Outcome<TensorData[]>>((TensorData[])[new("label", "INT64", [rows], labels), new("probabilities", "FP32", [rows, 2], probabilities)]);
    }
}
