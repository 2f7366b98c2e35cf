using System.Text.Json;

namespace ModelOps.Samples.Fraud;

/// <summary>Labels, windows and alerts: the Monitor's resources.</summary>
public sealed partial class GatewayClient
{
    /// <summary>Sets how a model is watched.</summary>
    public Task SetMonitoringPolicyAsync(string model, JsonElement policy, CancellationToken ct) =>
        PutAsync($"/api/v1/monitoring/models/{model}/policy", policy, ct);

    /// <summary>Sends true outcomes. All or none are stored.</summary>
    public Task PushLabelsAsync(IEnumerable<(string Id, int Label)> labels, CancellationToken ct) =>
        PostAsync("/api/v1/monitoring/labels", new { labels = labels.Select(label => new { prediction_id = label.Id, label = label.Label }) }, ct);

    /// <summary>Windows of a version, newest first.</summary>
    public async Task<JsonElement[]> ListWindowsAsync(string model, long version, CancellationToken ct) =>
        [.. (await GetAsync($"/api/v1/monitoring/models/{model}/windows?version={version}&page_size=1000", ct)).GetProperty("windows").EnumerateArray()];

    /// <summary>Alerts about a model, newest first.</summary>
    public async Task<JsonElement[]> ListAlertsAsync(string model, CancellationToken ct) =>
        [.. (await GetAsync($"/api/v1/monitoring/alerts?model={model}&page_size=1000", ct)).GetProperty("alerts").EnumerateArray()];

    /// <summary>Every stored prediction of a model: its identity, and the label when it has one.</summary>
    public async Task<Dictionary<string, int?>> ListPredictionsAsync(string model, CancellationToken ct)
    {
        var stored = new Dictionary<string, int?>(StringComparer.Ordinal);
        var token = "";
        do
        {
            var page = await GetAsync($"/api/v1/monitoring/models/{model}/predictions?page_size=5000&page_token={Uri.EscapeDataString(token)}", ct);
            foreach (var entry in page.GetProperty("predictions").EnumerateArray())
            {
                var label = entry.TryGetProperty("label", out var value) && value.ValueKind == JsonValueKind.Number ? (int?)value.GetDouble() : null;
                stored.Add(entry.GetProperty("prediction").GetProperty("prediction_id").GetString()!, label);
            }
            token = page.TryGetProperty("next_page_token", out var next) ? next.GetString() ?? "" : "";
        }
        while (token.Length > 0);
        return stored;
    }
}
