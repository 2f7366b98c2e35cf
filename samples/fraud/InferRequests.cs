using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using ModelOps.Contracts.OpenInference;

namespace ModelOps.Samples.Fraud;

/// <summary>One transaction as an Open Inference Protocol request: one named input of shape [1,1] per feature.</summary>
public static class InferRequests
{
    private static readonly long[] OneByOne = [1, 1];

    /// <summary>The request's JSON body for REST.</summary>
    public static byte[] ToJson(Transaction row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var inputs = FraudModel.NumericFeatures
            .Select((feature, i) => new { name = feature, shape = OneByOne, datatype = "FP32", data = (object)new[] { row.Numbers[i] } })
            .Append(new { name = FraudModel.CategoricalFeature, shape = OneByOne, datatype = "BYTES", data = (object)new[] { row.MerchantCategory } });
        return JsonSerializer.SerializeToUtf8Bytes(new { inputs });
    }

    /// <summary>The request for gRPC, elements raw as fast clients send them.</summary>
    public static ModelInferRequest ToProto(Transaction row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var request = new ModelInferRequest { ModelName = FraudModel.Name };
        for (var i = 0; i < FraudModel.NumericFeatures.Count; i++)
        {
            Add(request, FraudModel.NumericFeatures[i], "FP32", Raw(row.Numbers[i]));
        }
        Add(request, FraudModel.CategoricalFeature, "BYTES", Raw(row.MerchantCategory));
        return request;
    }

    /// <summary>Probability of fraud in a gRPC answer.</summary>
    public static float Probability(ModelInferResponse answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        for (var i = 0; i < answer.Outputs.Count; i++)
        {
            if (answer.Outputs[i].Name == "probabilities")
            {
                return BinaryPrimitives.ReadSingleLittleEndian(answer.RawOutputContents[i].Span[sizeof(float)..]);
            }
        }
        throw new InvalidOperationException("the answer has no output named probabilities");
    }

    private static void Add(ModelInferRequest request, string name, string datatype, ByteString raw)
    {
        request.Inputs.Add(new ModelInferRequest.Types.InferInputTensor { Name = name, Datatype = datatype, Shape = { OneByOne } });
        request.RawInputContents.Add(raw);
    }

    private static ByteString Raw(float value)
    {
        var bytes = new byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        return UnsafeByteOperations.UnsafeWrap(bytes);
    }

    private static ByteString Raw(string value)
    {
        var bytes = new byte[sizeof(int) + Encoding.UTF8.GetByteCount(value)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length - sizeof(int));
        Encoding.UTF8.GetBytes(value, bytes.AsSpan(sizeof(int)));
        return UnsafeByteOperations.UnsafeWrap(bytes);
    }
}
