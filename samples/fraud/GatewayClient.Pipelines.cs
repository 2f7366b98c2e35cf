using System.Text.Json;

namespace ModelOps.Samples.Fraud;

/// <summary>Pipelines and runs: the Retrainer's resources.</summary>
public sealed partial class GatewayClient
{
    /// <summary>Sets how versions of a model are trained.</summary>
    public Task SetPipelineAsync(string model, string yaml, CancellationToken ct) =>
        SendAsync(HttpMethod.Put, $"/api/v1/pipelines/{model}", Text(yaml, "application/yaml"), ct);

    /// <summary>Starts a run by hand.</summary>
    /// <returns>Its identity.</returns>
    public async Task<string> StartRunAsync(string model, string algorithm, string reason, CancellationToken ct) =>
        (await PostAsync($"/api/v1/pipelines/{model}/runs", new { algorithm, reason }, ct)).GetProperty("run_id").GetString()!;

    /// <summary>One run.</summary>
    public Task<JsonElement> GetRunAsync(string runId, CancellationToken ct) => GetAsync($"/api/v1/pipelines/runs/{runId}", ct);

    /// <summary>Runs of a model, newest first.</summary>
    public async Task<JsonElement[]> ListRunsAsync(string model, CancellationToken ct) =>
        [.. (await GetAsync($"/api/v1/pipelines/{model}/runs", ct)).GetProperty("runs").EnumerateArray()];
}
