using Grpc.Core;
using ModelOps.Monitor.Arms;
using ModelOps.Monitor.Findings;
using ModelOps.Monitor.Labels;
using ModelOps.Monitor.Policies;
using ModelOps.Monitor.Predictions;
using ModelOps.ServiceDefaults.Errors;
using Wire = ModelOps.Contracts.Monitor.V1;

namespace ModelOps.Monitor.Api;

/// <summary>Translates the wire to commands and back. No rule lives here.</summary>
internal sealed class MonitoringRpc(PushLabelsHandler labels, PredictionQueries predictions, ArmQueries arms, FindingQueries findings, PolicyHandler policies)
    : Wire.Monitoring.MonitoringBase
{
    public override async Task<Wire.PushLabelsResponse> PushLabels(Wire.PushLabelsRequest request, ServerCallContext context) =>
        (await labels.HandleAsync(request, context.CancellationToken)).OrThrow();

    public override async Task<Wire.ListPredictionsResponse> ListPredictions(Wire.ListPredictionsRequest request, ServerCallContext context) =>
        (await predictions.ListAsync(request, context.CancellationToken)).OrThrow();

    public override async Task ReadLabelledPredictions(
        Wire.ReadLabelledPredictionsRequest request, IServerStreamWriter<Wire.ReadLabelledPredictionsResponse> responseStream, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        await foreach (var message in predictions.ReadLabelled(request, ct).OrThrow().Messages)
        {
            await responseStream.WriteAsync(message, ct);
        }
    }

    public override async Task<Wire.GetArmStatisticsResponse> GetArmStatistics(Wire.GetArmStatisticsRequest request, ServerCallContext context) =>
        (await arms.GetAsync(request, context.CancellationToken)).OrThrow();

    public override async Task<Wire.ListWindowsResponse> ListWindows(Wire.ListWindowsRequest request, ServerCallContext context) =>
        (await findings.ListWindowsAsync(request, context.CancellationToken)).OrThrow();

    public override async Task<Wire.ListAlertsResponse> ListAlerts(Wire.ListAlertsRequest request, ServerCallContext context) =>
        (await findings.ListAlertsAsync(request, context.CancellationToken)).OrThrow();

    public override async Task<Wire.MonitoringPolicy> SetPolicy(Wire.SetPolicyRequest request, ServerCallContext context) =>
        (await policies.SetAsync(request.Policy, context.CancellationToken)).OrThrow();

    public override async Task<Wire.MonitoringPolicy> GetPolicy(Wire.GetPolicyRequest request, ServerCallContext context) =>
        (await policies.GetAsync(request, context.CancellationToken)).OrThrow();
}
