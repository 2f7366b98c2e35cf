using System.Net;
using System.Text.Json;
using ModelOps.Inference.Tests.Support;

namespace ModelOps.Inference.Tests.Predict;

[Collection(Serving.Name)]
public sealed class PredictTests(Serving serving)
{
    private readonly HttpClient _http = serving.App.Http;

    [Theory]
    [InlineData("2", 1, 0.880797, "high")]
    [InlineData("-3", 0, 0.952574, "very_high")]
    [InlineData("0.1", 1, 0.524979, "medium")]
    public async Task Features_in_the_order_of_the_signature_give_a_prediction(string amount, int prediction, double probability, string confidence)
    {
        using var answer = await _http.PostAsync("/predict", Requests.Json($$"""{"features":[{{amount}},"online"]}"""));
        using var json = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync());

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(prediction, json.RootElement.GetProperty("prediction").GetInt32());
        Assert.Equal(probability, json.RootElement.GetProperty("probability").GetDouble(), 1e-6);
        Assert.Equal(confidence, json.RootElement.GetProperty("confidence").GetString());
        Assert.Equal(2, json.RootElement.GetProperty("probabilities").GetArrayLength());
        Assert.Equal(2, json.RootElement.GetProperty("model_version").GetInt64());
        Assert.InRange(json.RootElement.GetProperty("latency_ms").GetDouble(), 0.001, 60_000);
    }

    [Theory]
    [InlineData("", "body", "is empty")]
    [InlineData("""{"features":""", "body", "is not valid JSON: line 1, byte 13")]
    [InlineData("""{"rows":[]}""", "features", "is missing")]
    [InlineData("""{"features":7}""", "features", "must be an array")]
    [InlineData("""{"features":[1]}""", "features", "has 1 features, the model takes 2")]
    [InlineData("""{"features":[1,"a",2]}""", "features", "has more than the 2 features of the model")]
    [InlineData("""{"features":["a","b"]}""", "features[0]", "must be a number within FP32 ('amount')")]
    [InlineData("""{"features":[1,2]}""", "features[1]", "must be a string ('channel')")]
    [InlineData("""{"features":[null,"a"]}""", "features[0]", "must be a number within FP32 ('amount')")]
    [InlineData("""{"features":[1,"a"],"features":[1,"a"]}""", "features", "is given twice")]
    public async Task A_bad_row_is_refused_with_field_and_rule(string body, string field, string rule)
    {
        using var answer = await _http.PostAsync("/predict", Requests.Json(body));
        using var json = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync());

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(field, json.RootElement.GetProperty("field").GetString());
        Assert.Equal(rule, json.RootElement.GetProperty("rule").GetString());
    }

    [Fact]
    public async Task Model_info_describes_the_default_model()
    {
        var info = await _http.GetStringAsync("/model/info");

        Assert.Equal(
            """{"model":"named","model_version":2,"model_type":"logistic_regression","number_of_features":2,"features":["amount","channel"],"classes":["0","1"]}""",
            info);
    }
}
