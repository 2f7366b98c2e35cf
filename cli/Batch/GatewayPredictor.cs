using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using ModelOps.Batch.Models;
using ModelOps.Contracts.OpenInference;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Cli.Batch;

/// <summary>Predicts through the gateway, with the Open Inference Protocol over gRPC. What is predicted so is kept out of the prediction log.</summary>
internal sealed class GatewayPredictor(GRPCInferenceService.GRPCInferenceServiceClient client, string key) : IBatchPredictor
{
    private const string VersionHeader = "x-modelops-model-version";
    private const string FeaturesProperty = "modelops.features";
    private const string AllowNaNProperty = "modelops.allow_nan";
    private const string LabelsProperty = "modelops.labels";
    private const string LogParameter = "modelops_log";
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    public async ValueTask<Outcome<BatchModel>> DescribeAsync(string model, long? version, CancellationToken ct)
    {
        try
        {
            using var call = client.ModelMetadataAsync(new() { Name = model, Version = version?.ToString(CultureInfo.InvariantCulture) ?? "" }, Options(ct));
            var metadata = await call;
            version ??= long.TryParse((await call.ResponseHeadersAsync).GetValue(VersionHeader), NumberStyles.None, CultureInfo.InvariantCulture, out var chosen) ? chosen : null;
            return version is { } known
                ? new BatchModel(model, known, [.. metadata.Inputs.Select(Describe)], [.. metadata.Outputs.Select(Describe)])
                {
                    FeatureNames = List(metadata, FeaturesProperty),
                    AllowNaN = metadata.Properties.GetValueOrDefault(AllowNaNProperty) != "false",
                    Labels = List(metadata, LabelsProperty),
                }
                : Refusal.Invalid("version", "must be given: the server does not say which version takes traffic");
        }
        catch (RpcException e)
        {
            ct.ThrowIfCancellationRequested();
            return Refused(e);
        }
        catch (JsonException)
        {
            return new Refusal(RefusalKind.FailedPrecondition, $"the server's list of the features or labels of '{model}' cannot be read");
        }
    }

    public async ValueTask<Outcome<TensorData[]>> PredictAsync(
        BatchModel model, IReadOnlyList<TensorData> inputs, IReadOnlyList<string> outputs, CancellationToken ct)
    {
        var request = new ModelInferRequest { ModelName = model.Name, ModelVersion = model.Version.ToString(CultureInfo.InvariantCulture) };
        request.Parameters[LogParameter] = new() { BoolParam = false };
        foreach (var input in inputs)
        {
            request.Inputs.Add(new ModelInferRequest.Types.InferInputTensor { Name = input.Name, Datatype = input.Datatype, Shape = { input.Shape } });
            request.RawInputContents.Add(UnsafeByteOperations.UnsafeWrap(input.Raw));
        }
        request.Outputs.AddRange(outputs.Select(name => new ModelInferRequest.Types.InferRequestedOutputTensor { Name = name }));
        try
        {
            return Read(await client.ModelInferAsync(request, Options(ct)));
        }
        catch (RpcException e)
        {
            ct.ThrowIfCancellationRequested();
            return Refused(e);
        }
    }

    private CallOptions Options(CancellationToken ct) =>
        new(new Metadata { { "authorization", $"Bearer {key}" } }, TimeProvider.System.GetUtcNow().UtcDateTime + Deadline, ct);

    private static Outcome<TensorData[]> Read(ModelInferResponse response) => response.RawOutputContents.Count == response.Outputs.Count
        ? response.Outputs.Select((output, i) => new TensorData(output.Name, output.Datatype, [.. output.Shape], response.RawOutputContents[i].Memory)).ToArray()
        : new Refusal(RefusalKind.FailedPrecondition, "the server does not answer with raw tensors, as this one does");

    private static string[] List(ModelMetadataResponse metadata, string property) =>
        metadata.Properties.TryGetValue(property, out var names) ? JsonSerializer.Deserialize<string[]>(names) ?? [] : [];

    private static TensorInfo Describe(ModelMetadataResponse.Types.TensorMetadata tensor) => new(tensor.Name, tensor.Datatype, [.. tensor.Shape]);

    private static Refusal Refused(RpcException error) => new(error.StatusCode switch
    {
        StatusCode.InvalidArgument or StatusCode.OutOfRange => RefusalKind.Invalid,
        StatusCode.NotFound => RefusalKind.NotFound,
        StatusCode.PermissionDenied or StatusCode.Unauthenticated => RefusalKind.PermissionDenied,
        StatusCode.ResourceExhausted => RefusalKind.ResourceExhausted,
        StatusCode.DeadlineExceeded => RefusalKind.DeadlineExceeded,
        StatusCode.Aborted => RefusalKind.Aborted,
        StatusCode.Unavailable or StatusCode.Internal => RefusalKind.Unavailable,
        _ => RefusalKind.FailedPrecondition,
    }, error.Status.Detail);
}
