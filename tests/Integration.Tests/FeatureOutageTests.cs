using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Aspire.Hosting.ApplicationModel;
using ModelOps.Samples.Fraud;
using ModelOps.Testing;

namespace ModelOps.Integration.Tests;

/// <summary>Without Redis there are no features: who needs them is told so, who brings them is answered.</summary>
[Collection(RunningLoop.Collection)]
public sealed class FeatureOutageTests(RunningLoop loop)
{
    private const string Path = $"/api/v1/models/{FraudModel.Name}/predict";
    private const int Enough = 20;

    [Fact]
    public async Task While_redis_is_down_entity_keys_get_unavailable_and_plain_predictions_work()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        var row = loop.Sample.Same[0];
        await loop.Gateway.PushHistoryAsync("user_history", row, TimeProvider.System.GetUtcNow(), limit.Token);
        var request = FraudModel.RequestFeatures.ToDictionary(feature => feature, feature => (object)row[feature]);
        request.Add(FraudModel.CategoricalFeature, row.MerchantCategory);
        var plain = FraudModel.NumericFeatures.ToDictionary(feature => feature, feature => (object)row[feature]);
        plain.Add(FraudModel.CategoricalFeature, row.MerchantCategory);

        await loop.CommandAsync("redis", KnownResourceCommands.StopCommand, limit.Token);
        try
        {
            using var withKeys = await loop.Http.PostAsJsonAsync(Path, new { entities = new { user_id = row.UserId }, features = request }, limit.Token);
            using var withoutKeys = await loop.Http.PostAsJsonAsync(Path, new { features = plain }, limit.Token);

            Assert.Equal(HttpStatusCode.ServiceUnavailable, withKeys.StatusCode);
            Assert.Equal("application/problem+json", withKeys.Content.Headers.ContentType?.MediaType);
            Assert.Equal(HttpStatusCode.OK, withoutKeys.StatusCode);
        }
        finally
        {
            await loop.CommandAsync("redis", KnownResourceCommands.StartCommand, limit.Token);
        }

        // Several in a row: each replica finds its own way back.
        var inARow = 0;
        await Poll.UntilAsync("entity keys are answered again, with the values kept", async ct =>
        {
            using var answer = await loop.Http.PostAsJsonAsync(Path, new { entities = new { user_id = row.UserId }, features = request }, ct);
            var isBack = answer.IsSuccessStatusCode && (await answer.Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("model_version").GetInt64() == loop.Version;
            inARow = isBack ? inARow + 1 : 0;
            return inARow == Enough;
        }, TimeSpan.FromMinutes(2), limit.Token);
    }
}
