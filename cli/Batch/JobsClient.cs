using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Cli.Batch;

/// <summary>The batch jobs of an installation, over REST.</summary>
internal sealed class JobsClient : IDisposable
{
    private const string Jobs = "api/v1/batch-jobs";
    private readonly HttpClient _http;

    public JobsClient(Uri gateway, string key)
    {
        _http = new HttpClient { BaseAddress = new Uri(gateway.AbsoluteUri.TrimEnd('/') + '/'), Timeout = TimeSpan.FromSeconds(30) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public async Task<Outcome<BatchJobView>> SubmitAsync(BatchJobRequestView request, CancellationToken ct)
    {
        using var content = JsonContent.Create(request, ViewJson.Default.BatchJobRequestView);
        return await ReadAsync(await _http.PostAsync(Jobs, content, ct), ViewJson.Default.BatchJobView, ct);
    }

    public async Task<Outcome<BatchJobView>> GetAsync(string id, CancellationToken ct) =>
        await ReadAsync(await _http.GetAsync($"{Jobs}/{Uri.EscapeDataString(id)}", ct), ViewJson.Default.BatchJobView, ct);

    public async Task<Outcome<BatchJobListView>> ListAsync(CancellationToken ct) =>
        await ReadAsync(await _http.GetAsync(Jobs, ct), ViewJson.Default.BatchJobListView, ct);

    public async Task<Outcome<BatchJobView>> CancelAsync(string id, CancellationToken ct) =>
        await ReadAsync(await _http.PostAsync($"{Jobs}/{Uri.EscapeDataString(id)}/cancel", content: null, ct), ViewJson.Default.BatchJobView, ct);

    public void Dispose() => _http.Dispose();

    private static async Task<Outcome<T>> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken ct)
        where T : notnull
    {
        using (response)
        {
            try
            {
                if (response.IsSuccessStatusCode && await response.Content.ReadFromJsonAsync(type, ct) is { } answer)
                {
                    return answer;
                }
                var problem = await response.Content.ReadFromJsonAsync(ViewJson.Default.ProblemView, ct);
                return new Refusal(KindOf(response.StatusCode), problem?.Detail ?? problem?.Title ?? Unclear(response));
            }
            catch (JsonException)
            {
                return new Refusal(RefusalKind.FailedPrecondition, Unclear(response));
            }
        }
    }

    private static string Unclear(HttpResponseMessage response) => $"the gateway answered {(int)response.StatusCode}, and not as this version expects";

    private static RefusalKind KindOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.NotFound => RefusalKind.NotFound,
        HttpStatusCode.BadRequest => RefusalKind.Invalid,
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => RefusalKind.PermissionDenied,
        HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests => RefusalKind.Unavailable,
        _ => RefusalKind.FailedPrecondition,
    };
}
