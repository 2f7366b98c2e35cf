using Grpc.Core;
using ModelOps.Retrainer.Pipelines;
using ModelOps.ServiceDefaults.Errors;
using Wire = ModelOps.Contracts.Retraining.V1;

namespace ModelOps.Retrainer.Runs;

/// <summary>Translates the wire to commands and back. No rule lives here.</summary>
internal sealed class RetrainingRpc(PipelineCommands pipelines, StartRunHandler start, CancelRunHandler cancel, RunQueries queries)
    : Wire.Retraining.RetrainingBase
{
    public override async Task<Wire.Pipeline> SetPipeline(Wire.SetPipelineRequest request, ServerCallContext context) =>
        (await pipelines.SetAsync(ModelKey.Of(request.Workspace, request.Model), request.Definition, context.CancellationToken)).OrThrow().ToWire();

    public override async Task<Wire.Pipeline> GetPipeline(Wire.GetPipelineRequest request, ServerCallContext context) =>
        (await pipelines.GetAsync(ModelKey.Of(request.Workspace, request.Model), context.CancellationToken)).OrThrow().ToWire();

    public override async Task<Wire.Run> StartRun(Wire.StartRunRequest request, ServerCallContext context)
    {
        var command = new StartRun(ModelKey.Of(request.Workspace, request.Model), request.Algorithm, request.Reason, request.RequestId);

        return (await start.HandleAsync(command, context.CancellationToken)).OrThrow().ToWire();
    }

    public override async Task<Wire.Run> GetRun(Wire.GetRunRequest request, ServerCallContext context) =>
        (await queries.GetAsync(request.RunId, context.CancellationToken)).OrThrow().ToWire();

    public override async Task<Wire.ListRunsResponse> ListRuns(Wire.ListRunsRequest request, ServerCallContext context)
    {
        var model = ModelKey.Of(request.Workspace, request.Model);

        return (await queries.ListAsync(model, request.PageSize, request.PageToken, context.CancellationToken)).OrThrow().ToWire();
    }

    public override async Task<Wire.Run> CancelRun(Wire.CancelRunRequest request, ServerCallContext context) =>
        (await cancel.HandleAsync(request.RunId, context.CancellationToken)).OrThrow().ToWire();
}
