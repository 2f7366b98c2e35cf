using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using ModelOps.Contracts.OpenInference;
using ModelOps.Testing;

namespace ModelOps.Integration.Tests;

/// <summary>Versions that are exchanged while requests are on their way to both.</summary>
[Collection(RunningLoop.Collection)]
public sealed class SwapTests(RunningLoop loop)
{
    private const string Model = "swapped";
    private const int Callers = 4;
    private const int Swaps = 8;
    private const int AnswersBetween = 100;
    private const int SlowRows = 4_096;
    private const string Row = """{"inputs":[{"name":"input","datatype":"FP32","shape":[1,30],"data":[0,1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9]}]}""";

    [Fact]
    public async Task Going_back_and_forth_between_versions_fails_no_request()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await RegisterAsync("mlp", limit.Token);
        await RegisterAsync("gbc_d3", limit.Token);
        await DeployAsync(1, limit.Token);
        await Poll.UntilAsync("the first version answers", async ct => (await AskAsync(ct)).Version == "1", TimeSpan.FromMinutes(1), limit.Token);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        var answered = new ConcurrentQueue<(int Status, string Version)>();
        var callers = Enumerable.Range(0, Callers).Select(_ => AskUntilAsync(answered, stop.Token, limit.Token)).ToList();
        for (var swap = 0; swap < Swaps; swap++)
        {
            // One request has been sent to the version that is left by its first half; the other half comes after the other version took over.
            using var slow = new SlowCall(loop, SlowRequest());
            var next = 2 - (swap % 2);
            var before = answered.Count;
            await Poll.UntilAsync("traffic flows", () => answered.Count >= before + AnswersBetween, TimeSpan.FromMinutes(1), limit.Token);
            await DeployAsync(next, limit.Token);
            await Poll.UntilAsync("the other version answers", async ct => (await AskAsync(ct)).Version == $"{next}", TimeSpan.FromMinutes(1), limit.Token);

            var answer = await slow.FinishAsync(limit.Token);

            Assert.Equal((3 - next).ToString(CultureInfo.InvariantCulture), answer.ModelVersion);
        }
        await stop.CancelAsync();
        await Task.WhenAll(callers);

        Assert.All(answered, answer => Assert.Equal(200, answer.Status));
        Assert.Equal(["1", "2"], answered.Select(answer => answer.Version).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_pinned_version_answers_who_names_it_for_as_long_as_it_is_pinned()
    {
        const string Pinned = "pinned";
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        foreach (var golden in (string[])["mlp", "gbc_d3", "conv"])
        {
            await RegisterAsync(golden, limit.Token, Pinned);
        }
        await DeployAsync(3, limit.Token, Pinned);
        await DeployAsync(2, limit.Token, Pinned, pinned: [1]);

        await Poll.UntilAsync("the second version answers", async ct => (await AskAsync(ct, Pinned)).Version == "2", TimeSpan.FromMinutes(1), limit.Token);
        await Poll.UntilAsync("the one before is let go", async ct => (await AskAsync(ct, $"{Pinned}/versions/3")).Status == 404, TimeSpan.FromMinutes(1), limit.Token);

        Assert.Equal((200, "1"), await AskAsync(limit.Token, $"{Pinned}/versions/1"));
        await DeployAsync(2, limit.Token, Pinned, pinned: []);
        await Poll.UntilAsync("the first is let go too", async ct => (await AskAsync(ct, $"{Pinned}/versions/1")).Status == 404, TimeSpan.FromMinutes(1), limit.Token);
        Assert.Equal((200, "2"), await AskAsync(limit.Token, Pinned));
    }

    private static ModelInferRequest SlowRequest() => new()
    {
        ModelName = Model,
        Inputs = { new ModelInferRequest.Types.InferInputTensor { Name = "input", Datatype = "FP32", Shape = { SlowRows, 30 } } },
        RawInputContents = { ByteString.CopyFrom(new byte[SlowRows * 30 * sizeof(float)]) },
    };

    private async Task AskUntilAsync(ConcurrentQueue<(int Status, string Version)> answered, CancellationToken stop, CancellationToken ct)
    {
        while (!stop.IsCancellationRequested)
        {
            answered.Enqueue(await AskAsync(ct));
        }
    }

    private async Task<(int Status, string Version)> AskAsync(CancellationToken ct, string path = Model)
    {
        using var body = new StringContent(Row, Encoding.UTF8, "application/json");
        using var answer = await loop.Http.PostAsync($"/v2/models/{path}/infer", body, ct);
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>(ct);
        return ((int)answer.StatusCode, json.TryGetProperty("model_version", out var version) ? version.GetString()! : json.ToString());
    }

    private async Task RegisterAsync(string golden, CancellationToken ct, string model = Model)
    {
        using var metadata = JsonContent.Create(new { description = golden });
        using var artifact = new ByteArrayContent(await File.ReadAllBytesAsync(Path.Combine(Golden.Repository, $"tests/golden/models/{golden}.onnx"), ct));
        using var form = new MultipartFormDataContent { { metadata, "metadata" }, { artifact, "artifact", $"{golden}.onnx" } };
        using var answer = await loop.Http.PostAsync($"/api/v1/models/{model}/versions", form, ct);
        answer.EnsureSuccessStatusCode();
    }

    private async Task DeployAsync(long version, CancellationToken ct, string model = Model, long[]? pinned = null)
    {
        using var answer = await loop.Http.PutAsJsonAsync($"/api/v1/models/{model}/deployment", new { version, pinned_versions = pinned }, ct);
        answer.EnsureSuccessStatusCode();
    }
}
