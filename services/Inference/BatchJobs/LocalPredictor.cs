using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using ModelOps.Batch.Models;
using ModelOps.Inference.Models;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.BatchJobs;

/// <summary>Predicts with the versions that this replica holds. What batch jobs predict is not logged: the log is about online traffic.</summary>
internal sealed class LocalPredictor(ModelCatalog catalog) : IBatchPredictor
{
    public ValueTask<Outcome<BatchModel>> DescribeAsync(string model, long? version, CancellationToken ct) =>
        ValueTask.FromResult(Acquire(model, version).Then<BatchModel>(lease =>
        {
            using (lease)
            {
                var (key, schema) = (lease.Model.Key, lease.Model.Schema);
                return new BatchModel(key.Model, key.Version, [.. schema.Inputs.Select(Describe)], [.. schema.Outputs.Select(Describe)])
                {
                    FeatureNames = lease.Model.Card.FeatureNames,
                    AllowNaN = schema.AllowNaN,
                    Labels = lease.Model.Card.Labels,
                };
            }
        }));

    public async ValueTask<Outcome<TensorData[]>> PredictAsync(
        BatchModel model, IReadOnlyList<TensorData> inputs, IReadOnlyList<string> outputs, CancellationToken ct)
    {
        var found = Acquire(model.Name, model.Version);
        if (found.Refusal is { } refusal)
        {
            return refusal;
        }
        using var lease = found.Value;
        var schema = lease.Model.Schema;
        using var bound = new BoundInputs(schema);
        if ((OutputSelection.Find(schema, [.. outputs], out var selection) ?? Bind(inputs, bound)) is { } bad)
        {
            return bad;
        }
        var outcome = await lease.Model.RunAsync(bound, selection!, ct);
        using var result = outcome.Value;
        return result is null ? outcome.Refusal! : Copy(result);
    }

    private Outcome<ModelLease> Acquire(string model, long? version) => catalog.Acquire(model, version?.ToString(CultureInfo.InvariantCulture) ?? "");

    private static Refusal? Bind(IReadOnlyList<TensorData> inputs, BoundInputs bound)
    {
        foreach (var input in inputs)
        {
            if ((bound.Declare(input.Name, input.Datatype, input.Shape, out var ordinal) ?? bound.Fill(ordinal, input.Raw)) is { } bad)
            {
                return bad;
            }
        }
        return bound.Complete();
    }

    private static TensorData[] Copy(InferenceResult result)
    {
        var tensors = new TensorData[result.Outputs.Length];
        for (var i = 0; i < tensors.Length; i++)
        {
            ref readonly var output = ref result.Outputs[i];
            tensors[i] = new(output.Schema.Name, output.Schema.Datatype.Name, output.Shape, output.Schema.Datatype.Size > 0 ? output.Numbers.ToArray() : Texts(output));
        }
        return tensors;
    }

    private static byte[] Texts(in OutputTensor output)
    {
        var raw = new ArrayBufferWriter<byte>();
        for (var i = 0; i < output.Elements; i++)
        {
            var text = output.Text(i);
            BinaryPrimitives.WriteInt32LittleEndian(raw.GetSpan(BytesElements.LengthSize), text.Length);
            raw.Advance(BytesElements.LengthSize);
            raw.Write(text);
        }
        return raw.WrittenSpan.ToArray();
    }

    private static TensorInfo Describe(TensorSchema tensor) => new(tensor.Name, tensor.Datatype.Name, tensor.Shape);
}
