using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelOps.Samples.Fraud;

/// <summary>The gateway's REST resources this job uses, called as any outside client would.</summary>
public sealed class GatewayClient : IDisposable
{
    private readonly HttpClient _http;

    public GatewayClient(Uri gateway, string apiKey)
    {
        _http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(10) }, disposeHandler: true)
        {
            BaseAddress = gateway,
            Timeout = TimeSpan.FromSeconds(30),
        };
        _http.DefaultRequestHeaders.Add("X-API-Key", apiKey);
    }

    /// <summary>Registers an ONNX file as a version of a model; a file that is registered already keeps its version.</summary>
    /// <returns>The version, and whether this call made it.</returns>
    public async Task<(long Version, bool Created)> RegisterAsync(string model, byte[] onnx, string sha256, JsonObject metadata, CancellationToken ct)
    {
        using var form = new MultipartFormDataContent
        {
            { JsonContent.Create(metadata), "metadata" },
            { new ByteArrayContent(onnx) { Headers = { ContentType = new("application/octet-stream") } }, "artifact", "model.onnx" },
        };
        using var answer = await _http.PostAsync($"/api/v1/models/{model}/versions", form, ct);
        if (answer.StatusCode == HttpStatusCode.Conflict && await FindAsync(model, sha256, ct) is { } existing)
        {
            return (existing, false);
        }
        return ((await ReadAsync(answer, ct)).GetProperty("version").GetInt64(), true);
    }

    /// <summary>Asks for a version to be served.</summary>
    public async Task DeployAsync(string model, long version, CancellationToken ct)
    {
        using var answer = await _http.PutAsJsonAsync($"/api/v1/models/{model}/deployment", new { version }, ct);
        await ReadAsync(answer, ct);
    }

    /// <summary>How many replicas serve the deployed version.</summary>
    /// <returns>The number of replicas when all of them are ready, otherwise null.</returns>
    public async Task<int?> ReadyReplicasAsync(string model, CancellationToken ct)
    {
        using var answer = await _http.GetAsync($"/api/v1/models/{model}/deployment", ct);
        var deployment = await ReadAsync(answer, ct);
        return deployment.GetProperty("ready").GetBoolean() ? deployment.GetProperty("replicas").GetArrayLength() : null;
    }

    /// <summary>Sends one Open Inference Protocol request.</summary>
    /// <param name="model">Name of the model.</param>
    /// <param name="body">The request as JSON.</param>
    /// <param name="ct">Ends the call.</param>
    /// <returns>Probability of fraud.</returns>
    public async Task<float> InferAsync(string model, byte[] body, CancellationToken ct)
    {
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } };
        using var answer = await _http.PostAsync($"/v2/models/{model}/infer", content, ct);
        foreach (var output in (await ReadAsync(answer, ct)).GetProperty("outputs").EnumerateArray())
        {
            if (output.GetProperty("name").ValueEquals("probabilities"))
            {
                return output.GetProperty("data")[1].GetSingle();
            }
        }
        throw new InvalidOperationException("the answer has no output named probabilities");
    }

    public void Dispose() => _http.Dispose();

    private async Task<long?> FindAsync(string model, string sha256, CancellationToken ct)
    {
        var token = "";
        do
        {
            using var answer = await _http.GetAsync($"/api/v1/models/{model}/versions?page_size=1000&page_token={Uri.EscapeDataString(token)}", ct);
            var page = await ReadAsync(answer, ct);
            foreach (var version in page.GetProperty("versions").EnumerateArray())
            {
                if (version.GetProperty("sha256").ValueEquals(sha256))
                {
                    return version.GetProperty("version").GetInt64();
                }
            }
            token = page.TryGetProperty("next_page_token", out var next) ? next.GetString() ?? "" : "";
        }
        while (token.Length > 0);
        return null;
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        var body = await answer.Content.ReadAsByteArrayAsync(ct);
        if (!answer.IsSuccessStatusCode)
        {
            throw new HttpRequestException(
                $"{answer.RequestMessage!.Method} {answer.RequestMessage.RequestUri!.AbsolutePath}: {(int)answer.StatusCode} {System.Text.Encoding.UTF8.GetString(body)}");
        }
        return JsonSerializer.Deserialize<JsonElement>(body);
    }
}
