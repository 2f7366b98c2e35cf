using Grpc.Core;
using ModelOps.FeatureStore.Online;
using ModelOps.ServiceDefaults.Errors;
using Wire = ModelOps.Contracts.Features.V1;

namespace ModelOps.FeatureStore.Api;

/// <summary>Translates the wire to commands and back. No rule lives here.</summary>
internal sealed class FeatureStoreRpc(DefinitionCommands definitions, IngestionCommands ingestion, GetOnlineFeaturesHandler online, HistoryQueries history)
    : Wire.FeatureStore.FeatureStoreBase
{
    public override async Task<Wire.ApplyDefinitionsResponse> ApplyDefinitions(Wire.ApplyDefinitionsRequest request, ServerCallContext context) =>
        new() { Changes = { (await definitions.Apply.HandleAsync(request.Workspace, request.Definitions, context.CancellationToken)).OrThrow() } };

    public override async Task<Wire.FeatureView> GetFeatureView(Wire.GetFeatureViewRequest request, ServerCallContext context) =>
        (await definitions.Queries.ViewAsync(request.Workspace, request.Name, context.CancellationToken)).OrThrow().ToWire();

    public override async Task<Wire.FeatureService> GetFeatureService(Wire.GetFeatureServiceRequest request, ServerCallContext context) =>
        (await definitions.Queries.ServiceAsync(request.Workspace, request.Name, request.Version, context.CancellationToken)).OrThrow().ToWire();

    public override async Task<Wire.MaterializeResponse> Materialize(IAsyncStreamReader<Wire.MaterializeRequest> requestStream, ServerCallContext context)
    {
        var (header, file) = (await GrpcFile.OpenAsync(requestStream, ingestion.Limits.MaxFileBytes, context.CancellationToken)).OrThrow();
        await using var reading = file;

        return (await ingestion.Materialize.HandleAsync(header.Workspace, header.View, file, context.CancellationToken)).OrThrow().ToWire();
    }

    public override async Task<Wire.PushResponse> Push(Wire.PushRequest request, ServerCallContext context)
    {
        var view = (await ingestion.Push.ViewAsync(request.Workspace, request.View, context.CancellationToken)).OrThrow();
        var pushed = (await ingestion.Push.HandleAsync(view, request.Rows.ToRows().OrThrow(), context.CancellationToken)).OrThrow();

        return new() { Stored = pushed.Stored, Online = pushed.Online };
    }

    public override async Task<Wire.GetOnlineFeaturesResponse> GetOnlineFeatures(Wire.GetOnlineFeaturesRequest request, ServerCallContext context)
    {
        var command = new GetOnlineFeatures(request.Workspace, request.Selection.ToQuery(), request.Entities.ToKeys().OrThrow());

        var columns = (await online.HandleAsync(command, context.CancellationToken)).OrThrow();
        return new() { Vectors = { columns.Select(WireMapping.ToWire) } };
    }

    public override async Task GetHistoricalFeatures(
        IAsyncStreamReader<Wire.GetHistoricalFeaturesRequest> requestStream,
        IServerStreamWriter<Wire.GetHistoricalFeaturesResponse> responseStream,
        ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var asked = (await requestStream.ReadSelectionAsync(ct)).OrThrow();
        var selection = (await history.Join.SelectAsync(asked.Workspace, asked.Selection.ToQuery(), ct)).OrThrow();
        while (await requestStream.MoveNext(ct))
        {
            var columns = (await history.Join.HandleAsync(selection, requestStream.Current.Rows.ToRows().OrThrow(), ct)).OrThrow();
            await responseStream.WriteAsync(new() { Vectors = { columns.Select(WireMapping.ToWire) } }, ct);
        }
    }

    public override async Task ReadHistory(Wire.ReadHistoryRequest request, IServerStreamWriter<Wire.ReadHistoryResponse> responseStream, ServerCallContext context)
    {
        var (from, to) = (request.From.ToBound("from").OrThrow().Value, request.To.ToBound("to").OrThrow().Value);
        var found = (await history.Read.HandleAsync(request.Workspace, request.View, from, to, context.CancellationToken)).OrThrow();
        await foreach (var rows in found.Pages.WithCancellation(context.CancellationToken))
        {
            await responseStream.WriteAsync(rows.ToWire(), context.CancellationToken);
        }
    }
}
