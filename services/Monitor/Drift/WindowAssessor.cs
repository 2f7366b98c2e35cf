using ModelOps.Monitor.Policies;
using ModelOps.Monitor.Predictions;
using ModelOps.Monitor.Windows;
using ModelOps.Statistics.Drift;

namespace ModelOps.Monitor.Drift;

/// <summary>Compares a closed window with the reference profile of its version. Predictions that failed are left out: they say nothing of the inputs the model gets.</summary>
internal sealed class WindowAssessor(PredictionStore predictions, PolicyStore policies, ProfileSource profiles)
{
    /// <summary>Assesses a window.</summary>
    /// <exception cref="Grpc.Core.RpcException">The Registry does not answer.</exception>
    public async Task<Finding> AssessAsync(WindowRow window, CancellationToken ct)
    {
        var policy = await policies.FindAsync(window.Workspace, window.Model, ct);
        if (window.Rows < policy.MinimumRows)
        {
            return TooFew(window.Rows, policy);
        }
        var profile = await profiles.GetAsync(window.Served, ct);
        if (!profile.Succeeded)
        {
            return Finding.None(profile.Refusal.Message);
        }
        var columns = new WindowColumns(profile.Value);
        await foreach (var features in predictions.ReadFeaturesAsync(window.WindowId, ct))
        {
            columns.Add(features);
        }
        return columns.Rows < policy.MinimumRows
            ? TooFew(columns.Rows, policy)
            : Finding.Of(DriftRule.Assess(profile.Value, columns.Build()), policy.DriftedShare);
    }

    private static Finding TooFew(long rows, MonitoringPolicy policy) =>
        Finding.None($"not enough data: {rows} answered predictions, at least {policy.MinimumRows} are needed");
}
