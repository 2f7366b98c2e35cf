using Grpc.Core;
using ModelOps.Contracts.OpenInference;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.OpenInference;

/// <summary>Open Inference Protocol v2 over gRPC. Translates the wire to questions and back; no rule lives here.</summary>
[BindServiceMethod(typeof(InferenceBinding), nameof(InferenceBinding.Bind))]
internal sealed class InferenceRpc(
    PlainInferHandler infer, StreamInferHandler stream, MetadataHandler metadata, ModelConfigHandler config, StatisticsHandler statistics, RepositoryHandler repository)
    : GRPCInferenceService.GRPCInferenceServiceBase
{
    public override Task<ServerLiveResponse> ServerLive(ServerLiveRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerLiveResponse { Live = true });

    public override Task<ServerReadyResponse> ServerReady(ServerReadyRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerReadyResponse { Ready = metadata.IsReady });

    public override Task<ModelReadyResponse> ModelReady(ModelReadyRequest request, ServerCallContext context) =>
        Task.FromResult(new ModelReadyResponse { Ready = metadata.IsModelReady(request.Name, request.Version).OrThrow() });

    public override Task<ServerMetadataResponse> ServerMetadata(ServerMetadataRequest request, ServerCallContext context) =>
        Task.FromResult(metadata.Server);

    public override Task<ModelMetadataResponse> ModelMetadata(ModelMetadataRequest request, ServerCallContext context) =>
        Task.FromResult(metadata.Model(request.Name, request.Version).OrThrow());

    public Task<InferCall> ModelInfer(InferCall call, ServerCallContext context) => infer.HandleAsync(call, context.GetHttpContext(), context.CancellationToken);

    public override Task ModelStreamInfer(
        IAsyncStreamReader<ModelInferRequest> requestStream, IServerStreamWriter<ModelStreamInferResponse> responseStream, ServerCallContext context) =>
        stream.RunAsync(requestStream, responseStream, CallHeaders.Of(context.GetHttpContext().Request), context.CancellationToken);

    public override Task<ModelConfigResponse> ModelConfig(ModelConfigRequest request, ServerCallContext context) =>
        Task.FromResult(config.Read(request.Name, request.Version).OrThrow());

    public override Task<ModelStatisticsResponse> ModelStatistics(ModelStatisticsRequest request, ServerCallContext context) =>
        Task.FromResult(statistics.Read(request.Name, request.Version).OrThrow());

    public override Task<RepositoryIndexResponse> RepositoryIndex(RepositoryIndexRequest request, ServerCallContext context) =>
        Task.FromResult(repository.Index(request.RepositoryName, request.Ready).OrThrow());

    public override async Task<RepositoryModelLoadResponse> RepositoryModelLoad(RepositoryModelLoadRequest request, ServerCallContext context) =>
        (await repository.LoadAsync(request, context.CancellationToken)).OrThrow();

    public override Task<RepositoryModelUnloadResponse> RepositoryModelUnload(RepositoryModelUnloadRequest request, ServerCallContext context) =>
        Task.FromResult(repository.Unload(request).OrThrow());
}
