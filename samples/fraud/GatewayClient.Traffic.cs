using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace ModelOps.Samples.Fraud;

/// <summary>Deployments, rollouts and predictions: the Gateway's own resources, and Inference behind it.</summary>
public sealed partial class GatewayClient
{
    /// <summary>Asks for a version to be served.</summary>
    public Task DeployAsync(string model, long version, CancellationToken ct) => PutAsync($"/api/v1/models/{model}/deployment", new { version }, ct);

    /// <summary>Which versions of a model take traffic.</summary>
    public Task<JsonElement> GetDeploymentAsync(string model, CancellationToken ct) => GetAsync($"/api/v1/models/{model}/deployment", ct);

    /// <summary>Sets how a model's rollouts go.</summary>
    public Task SetRolloutPolicyAsync(string model, JsonElement policy, CancellationToken ct) => PutAsync($"/api/v1/models/{model}/rollout-policy", policy, ct);

    /// <summary>The rollout of a version; null when there is none yet.</summary>
    public async Task<JsonElement?> FindRolloutAsync(string model, long version, CancellationToken ct)
    {
        var page = await GetAsync($"/api/v1/models/{model}/rollouts", ct);
        foreach (var rollout in page.GetProperty("rollouts").EnumerateArray())
        {
            if (rollout.GetProperty("candidate_version").GetInt64() == version)
            {
                return rollout;
            }
        }
        return null;
    }

    /// <summary>Predicts one transaction; the store knows the user's history.</summary>
    /// <param name="model">Name of the model.</param>
    /// <param name="id">Identity of the prediction, and the key it is routed by.</param>
    /// <param name="row">The transaction.</param>
    /// <param name="eventTime">When it happened.</param>
    /// <param name="ct">Ends the call.</param>
    /// <returns>The version that answered, and the probability of fraud.</returns>
    public async Task<(long Version, double Probability)> PredictAsync(
        string model, string id, Transaction row, DateTimeOffset eventTime, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(row);
        var features = FraudModel.RequestFeatures.ToDictionary(feature => feature, object (feature) => row[feature]);
        features.Add(FraudModel.CategoricalFeature, row.MerchantCategory);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/models/{model}/predict")
        {
            Content = JsonContent.Create(new { entities = new { user_id = row.UserId }, features, event_time = Rfc3339(eventTime) }),
            Headers = { { "x-modelops-prediction-id", id }, { "x-modelops-routing-key", id } },
        };
        using var answer = await _http.SendAsync(request, ct);
        var prediction = await ReadAsync(answer, ct);
        return (prediction.GetProperty("model_version").GetInt64(), prediction.GetProperty("probabilities")[1].GetDouble());
    }

    private static string Rfc3339(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
