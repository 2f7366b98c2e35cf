using ModelOps.Monitor.Alerts;
using ModelOps.Monitor.Naming;
using ModelOps.Monitor.Quality;
using ModelOps.Monitor.Windows;
using ModelOps.ServiceDefaults.Errors;
using Wire = ModelOps.Contracts.Monitor.V1;

namespace ModelOps.Monitor.Findings;

/// <summary>Shows windows and alerts.</summary>
internal sealed class FindingQueries(WindowStore windows, QualityStore quality, AlertStore alerts)
{
    private const int MaxPage = 1_000;

    /// <summary>A page of windows, newest first, with the labels that have come until now.</summary>
    public async Task<Outcome<Wire.ListWindowsResponse>> ListWindowsAsync(Wire.ListWindowsRequest request, CancellationToken ct)
    {
        var workspace = Names.Workspace(request.Workspace);
        var list = $"windows/{workspace}/{request.Model}/{request.Version}";
        var (size, before) = (PageToken.Size(request.PageSize, MaxPage), PageToken.Decode(list, request.PageToken, first: long.MaxValue));
        if ((Names.Check(workspace, request.Model) ?? Names.CheckVersion(request.Version, min: 0) ?? size.Refusal ?? before.Refusal) is { } refusal)
        {
            return refusal;
        }
        await quality.RefreshModelAsync(workspace, request.Model, ct);
        // One more than asked for tells whether there is a next page.
        var found = await windows.ListAsync(workspace, request.Model, request.Version, before.Value, size.Value + 1, ct);
        var page = found.Take(size.Value).ToList();
        return new Wire.ListWindowsResponse
        {
            Windows = { page.Select(window => window.ToWire()) },
            NextPageToken = found.Count > page.Count ? PageToken.Encode(list, page[^1].Position) : "",
        };
    }

    /// <summary>A page of alerts, newest first.</summary>
    public async Task<Outcome<Wire.ListAlertsResponse>> ListAlertsAsync(Wire.ListAlertsRequest request, CancellationToken ct)
    {
        var workspace = Names.Workspace(request.Workspace);
        var list = $"alerts/{workspace}/{request.Model}";
        var (size, before) = (PageToken.Size(request.PageSize, MaxPage), PageToken.Decode(list, request.PageToken, first: long.MaxValue));
        var named = request.Model.Length == 0 ? Names.CheckWorkspace(workspace) : Names.Check(workspace, request.Model);
        if ((named ?? size.Refusal ?? before.Refusal) is { } refusal)
        {
            return refusal;
        }
        var found = await alerts.ListAsync(workspace, request.Model, before.Value, size.Value + 1, ct);
        var page = found.Take(size.Value).ToList();
        return new Wire.ListAlertsResponse
        {
            Alerts = { page.Select(alert => alert.ToWire()) },
            NextPageToken = found.Count > page.Count ? PageToken.Encode(list, page[^1].Position) : "",
        };
    }
}
