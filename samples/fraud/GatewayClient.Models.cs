using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelOps.Samples.Fraud;

/// <summary>Models and their versions: the Registry's resources.</summary>
public sealed partial class GatewayClient
{
    /// <summary>True when the registry knows a model.</summary>
    public async Task<bool> HasModelAsync(string model, CancellationToken ct) =>
        await FindAsync($"/api/v1/models/{model}/versions?page_size=1", ct) is not null;

    /// <summary>Sets what the versions of a model have to keep to.</summary>
    public Task SetGovernanceAsync(string model, JsonElement policy, CancellationToken ct) => PutAsync($"/api/v1/models/{model}/policy", policy, ct);

    /// <summary>Registers an ONNX file with its reference profile.</summary>
    /// <returns>The version.</returns>
    public async Task<long> RegisterAsync(string model, byte[] onnx, byte[] profile, JsonObject metadata, CancellationToken ct)
    {
        using var form = new MultipartFormDataContent
        {
            { JsonContent.Create(metadata), "metadata" },
            { new ByteArrayContent(profile) { Headers = { ContentType = new("application/json") } }, "profile", "profile.json" },
            { new ByteArrayContent(onnx) { Headers = { ContentType = new("application/octet-stream") } }, "artifact", "model.onnx" },
        };
        return (await SendAsync(HttpMethod.Post, $"/api/v1/models/{model}/versions", form, ct)).GetProperty("version").GetInt64();
    }

    /// <summary>One version.</summary>
    public Task<JsonElement> GetVersionAsync(string model, long version, CancellationToken ct) => GetAsync($"/api/v1/models/{model}/versions/{version}", ct);

    /// <summary>A version's ONNX file.</summary>
    public async Task<byte[]> DownloadAsync(string model, long version, CancellationToken ct) =>
        await _http.GetByteArrayAsync($"/api/v1/models/{model}/versions/{version}/artifact", ct);

    /// <summary>Moves a version to another stage.</summary>
    public Task SetStageAsync(string model, long version, string stage, string reason, CancellationToken ct) =>
        PostAsync($"/api/v1/models/{model}/versions/{version}/stage", new { stage, reason }, ct);
}
