using System.Net;
using System.Text.Json;
using ModelOps.Inference.Tests.Support;
using ModelOps.Testing;

namespace ModelOps.Inference.Tests.BatchJobs;

public sealed class BatchJobTests : IAsyncLifetime, IDisposable
{
    private readonly BatchFolder _folder = new();
    private Peers _peers = null!;
    private InferenceApp _app = null!;

    public async Task InitializeAsync()
    {
        _peers = await Peers.StartAsync();
        _app = await InferenceApp.StartAsync(_peers, ("Inference:Batch:Directory", _folder.Root), ("Inference:Batch:ScanInterval", "00:00:00.050"), ("Inference:Batch:ProgressInterval", "00:00:00.020"));
        _peers.Want(2, _peers.Store("named", 2, OnnxModels.NamedFeatures()));
        await _app.ReadyAsync("named", 2);
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _peers.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_job_predicts_a_file_and_tells_how_far_it_is()
    {
        _folder.Write("in.csv", 5_000);

        var job = await SubmitAsync("""{"model":"named","input":"in.csv","output":"out.csv","chunk_rows":1000,"parallelism":2}""");
        var done = await EndAsync(Id(job));

        Assert.Equal("queued", job.GetProperty("state").GetString());
        Assert.Equal("succeeded", done.GetProperty("state").GetString());
        Assert.Equal((4_995, 5, 2), (done.GetProperty("rows").GetInt64(), done.GetProperty("rejected").GetInt64(), done.GetProperty("model_version").GetInt64()));
        Assert.Equal(done.GetProperty("bytes_total").GetInt64(), done.GetProperty("bytes").GetInt64());
        Assert.Equal("out.csv.rejected.ndjson", done.GetProperty("rejected_output").GetString());
        Assert.StartsWith("id,amount,channel,prediction,probability,probabilities,predicted_at,model_version\n0,-10,\"web\n0\",0,0.999", _folder.Read("out.csv"), StringComparison.Ordinal);
        Assert.Contains("\n100,0,\"web\n1\",0,0.5,\"[0.5,0.5]\",<time>,2\n", _folder.Read("out.csv"), StringComparison.Ordinal);
        Assert.Equal(4_995, _folder.Read("out.csv").Split("<time>").Length - 1);
        Assert.StartsWith("""{"line":2000,"reason":"amount: must be a number within FP32","row":"999,bad,""", _folder.Read("out.csv.rejected.ndjson"), StringComparison.Ordinal);
        // That it is done is written down first, and then what it worked with is removed.
        await Poll.UntilAsync("the job's folder is gone", () => !Directory.Exists(_folder["out.csv.batch"]), ct: CancellationToken.None);
        Assert.Equal([".jobs", "in.csv", "out.csv", "out.csv.rejected.ndjson"], Directory.EnumerateFileSystemEntries(_folder.Root).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Contains(Id(job), await _app.Http.GetStringAsync("/api/v1/batch-jobs"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../in.csv"), InlineData("/etc/passwd"), InlineData("a/../../in.csv"), InlineData(".jobs/x.csv"), InlineData("a//b.csv"), InlineData("a\\b.csv"), InlineData(""), InlineData("a\\u0000.csv")]
    [InlineData("link/passwd"), InlineData("link.csv")]
    public async Task A_path_that_leads_out_of_the_folder_is_refused(string path)
    {
        Directory.CreateSymbolicLink(_folder["link"], "/etc");
        File.CreateSymbolicLink(_folder["link.csv"], "/etc/passwd");
        _folder.Write("in.csv", 1);
        var json = path.Contains("\\u", StringComparison.Ordinal) ? path : JsonEncodedText.Encode(path).ToString();

        var input = await RefusedAsync($$"""{"model":"named","input":"{{json}}","output":"out.csv","format":"csv"}""", HttpStatusCode.BadRequest);
        var output = await RefusedAsync($$"""{"model":"named","input":"in.csv","output":"{{json}}","format":"csv"}""", HttpStatusCode.BadRequest);

        Assert.Equal(("input", "output"), (input.GetProperty("field").GetString(), output.GetProperty("field").GetString()));
    }

    [Theory]
    [InlineData("""{"model":"named","input":"in.parquet","output":"out.csv"}""", HttpStatusCode.BadRequest, "format: Parquet is not supported; convert the file to CSV or NDJSON")]
    [InlineData("""{"model":"named","input":"in.csv","output":"out.csv","rows":1}""", HttpStatusCode.BadRequest, "rows")]
    [InlineData("""{"model":"named","input":"in.csv","output":"out.csv","parallelism":99}""", HttpStatusCode.BadRequest, "parallelism: must be 1 to 2 here, is 99")]
    [InlineData("""{"model":"named","input":"in.csv","output":"out.csv","partition":"2/2"}""", HttpStatusCode.BadRequest, "partition: must be index/count")]
    [InlineData("""{"model":"named","input":"nothing.csv","output":"out.csv"}""", HttpStatusCode.NotFound, "input: there is no file 'nothing.csv'")]
    [InlineData("""{"model":"named","input":"in.csv","output":"there.csv"}""", HttpStatusCode.Conflict, "output: 'there.csv' exists; ask to overwrite it")]
    public async Task What_is_wrong_with_a_job_is_said_at_once(string body, HttpStatusCode status, string says)
    {
        _folder.Write("in.csv", 1);
        _folder.Write("there.csv", 1);

        var problem = await RefusedAsync(body, status);

        Assert.Contains(says, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"model":"unknown","input":"in.csv","output":"out.csv"}""", "'unknown' is not found")]
    [InlineData("""{"model":"named","input":"in.csv","output":"missing/out.csv"}""", "output: there is no folder missing")]
    [InlineData("""{"model":"named","input":"other.csv","output":"out.csv"}""", "there is no column 'amount'")]
    public async Task A_job_that_cannot_be_done_fails_with_the_reason(string body, string reason)
    {
        _folder.Write("in.csv", 1);
        await File.WriteAllTextAsync(_folder["other.csv"], "a,b\n1,2\n", CancellationToken.None);

        var done = await EndAsync(Id(await SubmitAsync(body)));

        Assert.Equal("failed", done.GetProperty("state").GetString());
        Assert.Contains(reason, done.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(_folder.Root + "/missing", done.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_job_stops_and_leaves_nothing_behind()
    {
        _folder.Write("in.csv", 40_000);
        var id = Id(await SubmitAsync("""{"model":"named","input":"in.csv","output":"out.csv","chunk_rows":20}"""));
        await Poll.UntilAsync("the job is under way", () => _folder.ChunksOf("out.csv") > 2, ct: CancellationToken.None);
        var twice = await RefusedAsync("""{"model":"named","input":"in.csv","output":"out.csv"}""", HttpStatusCode.Conflict);

        using var cancelled = await _app.Http.PostAsync($"/api/v1/batch-jobs/{id}/cancel", content: null);
        var done = await EndAsync(id);
        using var again = await _app.Http.PostAsync($"/api/v1/batch-jobs/{id}/cancel", content: null);

        Assert.Equal(HttpStatusCode.OK, cancelled.StatusCode);
        Assert.Equal("cancelled", done.GetProperty("state").GetString());
        Assert.Equal([".jobs", "in.csv"], Directory.EnumerateFileSystemEntries(_folder.Root).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.Contains($"job {id} writes 'out.csv' already", twice.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_that_nobody_submitted_is_not_found()
    {
        using var answer = await _app.Http.GetAsync("/api/v1/batch-jobs/..%2f..%2fetc");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private async Task<JsonElement> SubmitAsync(string body)
    {
        using var answer = await _app.Http.PostAsync("/api/v1/batch-jobs", Requests.Json(body));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync());
    }

    private async Task<JsonElement> RefusedAsync(string body, HttpStatusCode status)
    {
        using var answer = await _app.Http.PostAsync("/api/v1/batch-jobs", Requests.Json(body));
        Assert.Equal(status, answer.StatusCode);
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync());
    }

    private Task<JsonElement> EndAsync(string id) => EndAsync(_app.Http, id);

    private static string Id(JsonElement job) => job.GetProperty("id").GetString()!;

    internal static async Task<JsonElement> EndAsync(HttpClient http, string id)
    {
        var job = default(JsonElement);
        await Poll.UntilAsync("the job is over", async ct =>
        {
            job = JsonElement.Parse(await http.GetStringAsync($"/api/v1/batch-jobs/{id}", ct));
            return job.GetProperty("state").GetString() is not ("queued" or "running");
        }, TimeSpan.FromSeconds(60), CancellationToken.None);
        return job;
    }
}
