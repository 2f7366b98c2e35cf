using System.Text.Json;
using ModelOps.Contracts.OpenInference;
using ModelOps.Inference.Tests.Support;

namespace ModelOps.Inference.Tests.OpenInference;

[Collection(Serving.Name)]
public sealed class InferTests(Serving serving)
{
    private readonly InferenceApp _app = serving.App;

    [Fact]
    public async Task Inputs_may_come_in_any_order_and_outputs_be_chosen()
    {
        var request = Requests.Of("sum", Requests.Floats("b", [1, 2], 1, 2), Requests.Floats("a", [1, 2], 10, 20));
        request.Outputs.Add(new ModelInferRequest.Types.InferRequestedOutputTensor { Name = "difference" });
        request.Id = "42";

        var answer = await _app.InferAsync(request);

        Assert.Equal(("42", "sum", "1", "difference"), (answer.Id, answer.ModelName, answer.ModelVersion, answer.Outputs.Single().Name));
        Assert.Equal([9, 18], Requests.FloatsOf(answer, 0));
    }

    [Fact]
    public async Task Json_members_may_come_in_any_order_and_data_be_nested()
    {
        const string body = """
            {"outputs":[{"parameters":{"binary_data":false},"name":"sum"}], "parameters":{"x":1},
             "inputs":[{"data":[[1,2],[3,4]],"datatype":"FP32","parameters":{},"shape":[2,2],"name":"a"},
                       {"name":"b","shape":[2,2],"datatype":"FP32","data":[10,20,30,40]}], "id":"i", "unknown":null}
            """;

        using var answer = await _app.Http.PostAsync("/v2/models/sum/infer", Requests.Json(body));

        Assert.Equal(
            """{"model_name":"sum","model_version":"1","id":"i","outputs":[{"name":"sum","datatype":"FP32","shape":[2,2],"data":[11,22,33,44]}]}""",
            await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_model_answers_many_callers_at_once_and_each_gets_its_own_rows()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            var rows = i % 5;
            var values = Enumerable.Repeat((float)i, rows * 2).ToArray();
            var answer = await _app.InferAsync(Requests.Of("sum", Requests.Floats("a", [rows, 2], values), Requests.Floats("b", [rows, 2], values)));
            return Requests.FloatsOf(answer, 0).All(value => value == 2 * i) && answer.Outputs[0].Shape[0] == rows;
        }));

        Assert.All(answers, Assert.True);
    }

    [Fact]
    public async Task Server_questions_have_answers_in_both_protocols()
    {
        Assert.True((await _app.Grpc.ServerLiveAsync(new(), InferenceApp.Headers)).Live);
        Assert.False((await _app.Grpc.ServerReadyAsync(new(), InferenceApp.Headers)).Ready); // zipmap is wanted and cannot be loaded
        Assert.Equal("modelops", (await _app.Grpc.ServerMetadataAsync(new(), InferenceApp.Headers)).Name);
        Assert.True((await _app.Grpc.ModelReadyAsync(new() { Name = "sum" }, InferenceApp.Headers)).Ready);
        Assert.False((await _app.Grpc.ModelReadyAsync(new() { Name = "zipmap", Version = "1" }, InferenceApp.Headers)).Ready);
        Assert.False((await _app.Grpc.ModelReadyAsync(new() { Name = "nobody" }, InferenceApp.Headers)).Ready);

        Assert.Equal((200, """{"live":true}"""), await GetAsync("/v2/health/live"));
        Assert.Equal((503, """{"ready":false}"""), await GetAsync("/v2/health/ready"));
        Assert.Equal((200, """{"name":"sum","ready":true}"""), await GetAsync("/v2/models/sum/ready"));
        Assert.Equal((200, """{"name":"sum","ready":true}"""), await GetAsync("/v2/models/sum/versions/1/ready"));
        Assert.Equal((503, """{"name":"zipmap","ready":false}"""), await GetAsync("/v2/models/zipmap/ready"));
        Assert.Equal((404, """{"error":"Request for unknown model: \u0027nobody\u0027 is not found"}"""), await GetAsync("/v2/models/nobody"));
        Assert.StartsWith("""{"name":"modelops","version":""", (await GetAsync("/v2")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_says_whether_a_model_is_loaded()
    {
        using var anonymous = new HttpClient { BaseAddress = _app.Http.BaseAddress };

        using var health = JsonDocument.Parse(await anonymous.GetStringAsync("/health"));

        Assert.True(health.RootElement.GetProperty("model_loaded").GetBoolean());
        Assert.Equal(1, health.RootElement.GetProperty("failed").GetInt32());
    }

    [Fact]
    public async Task Without_the_service_credential_nothing_is_answered()
    {
        using var anonymous = new HttpClient { BaseAddress = _app.Http.BaseAddress };

        using var rest = await anonymous.GetAsync("/v2/models/sum");
        var grpc = await Assert.ThrowsAsync<Grpc.Core.RpcException>(async () => await _app.Grpc.ServerLiveAsync(new()));

        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, rest.StatusCode);
        Assert.Equal(Grpc.Core.StatusCode.Unauthenticated, grpc.StatusCode);
    }

    private async Task<(int Status, string Body)> GetAsync(string path)
    {
        using var answer = await _app.Http.GetAsync(path);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
