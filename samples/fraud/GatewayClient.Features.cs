using System.Net.Http.Headers;
using System.Text.Json;

namespace ModelOps.Samples.Fraud;

/// <summary>Definitions and values: the FeatureStore's resources.</summary>
public sealed partial class GatewayClient
{
    /// <summary>Applies a definitions file.</summary>
    public Task<JsonElement> ApplyFeaturesAsync(string yaml, CancellationToken ct) =>
        SendAsync(HttpMethod.Put, "/api/v1/features/definitions", Text(yaml, "application/yaml"), ct);

    /// <summary>The newest version of a feature service.</summary>
    public Task<JsonElement> GetFeatureServiceAsync(string name, CancellationToken ct) => GetAsync($"/api/v1/features/services/{name}", ct);

    /// <summary>Takes rows of a view in from CSV.</summary>
    public async Task<JsonElement> MaterializeAsync(string view, Stream csv, CancellationToken ct)
    {
        using var content = new StreamContent(csv) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } };
        return await SendAsync(HttpMethod.Post, $"/api/v1/features/views/{view}/materialize", content, ct);
    }

    /// <summary>Pushes a user's history as of a transaction, and waits until it is stored.</summary>
    public Task PushHistoryAsync(string view, Transaction row, DateTimeOffset eventTime, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(row);
        var values = FraudModel.StoreFeatures.ToDictionary(feature => feature, object (feature) => row[feature]);
        values.Add("user_id", row.UserId);
        values.Add("event_time", Rfc3339(eventTime));
        return PostAsync($"/api/v1/features/views/{view}/push", new { rows = new[] { values } }, ct);
    }
}
