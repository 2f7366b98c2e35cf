using System.Net;
using System.Text.Json;

namespace ModelOps.Inference.Tests.Profiling;

[Collection(Serving.Name)]
public sealed class ProfileTests(Serving serving)
{
    [Fact]
    public async Task A_profile_shows_each_operator_as_often_as_the_version_ran()
    {
        using var answer = await serving.App.Http.PostAsync("/api/v1/models/mlp/versions/1/profile?runs=7&rows=3", null, CancellationToken.None);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var events = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(CancellationToken.None)).RootElement.EnumerateArray().ToList();
        Assert.Equal(7, events.Count(entry => entry.GetProperty("name").GetString() == "model_run"));
        var operators = events.Where(entry => entry.GetProperty("args").TryGetProperty("op_name", out _)).GroupBy(entry => entry.GetProperty("name").GetString()).ToList();
        Assert.NotEmpty(operators);
        Assert.All(operators, runs => Assert.Equal(7, runs.Count()));
    }

    [Theory]
    [InlineData("/api/v1/models/mlp/versions/1/profile?runs=0", HttpStatusCode.BadRequest, "runs: must be from 1 to 1000")]
    [InlineData("/api/v1/models/mlp/versions/1/profile?rows=70000", HttpStatusCode.BadRequest, "rows: must be from 1 to 65536")]
    [InlineData("/api/v1/models/mlp/versions/1/profile?runs=many", HttpStatusCode.BadRequest, "runs: must be an integer in range")]
    [InlineData("/api/v1/models/mlp/versions/9/profile", HttpStatusCode.NotFound, "'mlp' version 9 is not found")]
    public async Task What_cannot_be_profiled_says_why(string address, HttpStatusCode status, string reason)
    {
        using var answer = await serving.App.Http.PostAsync(address, null, CancellationToken.None);

        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(reason, JsonDocument.Parse(await answer.Content.ReadAsStringAsync(CancellationToken.None)).RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }
}
