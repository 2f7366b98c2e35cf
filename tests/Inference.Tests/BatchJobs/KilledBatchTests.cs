using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ModelOps.Inference.DesiredState;
using ModelOps.Inference.Tests.Support;
using ModelOps.Testing;

namespace ModelOps.Inference.Tests.BatchJobs;

/// <summary>SIGKILL in the middle: nothing is there twice, nothing is missing.</summary>
public sealed class KilledBatchTests : IDisposable
{
    private const int Rows = 20_000;
    private const int ChunkRows = 50;
    private readonly BatchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_replica_that_is_killed_leaves_its_job_to_the_next_one()
    {
        await using var peers = await Peers.StartAsync();
        peers.Want(2, peers.Store("named", 2, OnnxModels.NamedFeatures()));
        _folder.Write("in.csv", Rows);
        string id;
        await using (var first = await StartAsync(peers))
        {
            using var answer = await first.Http.PostAsync("/api/v1/batch-jobs", Requests.Json($$"""{"model":"named","input":"in.csv","output":"out.csv","chunk_rows":{{ChunkRows}},"parallelism":2}"""));
            id = JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("id").GetString()!;
            await Poll.UntilAsync("the job is under way", () => _folder.ChunksOf("out.csv") > 5, ct: CancellationToken.None);
            await first.KillAsync();
        }
        var left = _folder.ChunksOf("out.csv");

        await using var second = await StartAsync(peers);
        var done = await BatchJobTests.EndAsync(second.Http, id);
        using var whole = await second.Http.PostAsync("/api/v1/batch-jobs", Requests.Json("""{"model":"named","input":"in.csv","output":"whole.csv"}"""));
        await BatchJobTests.EndAsync(second.Http, JsonElement.Parse(await whole.Content.ReadAsStringAsync()).GetProperty("id").GetString()!);

        Assert.InRange(left, 1, (Rows / ChunkRows) - 1);
        Assert.Equal(("succeeded", Rows - 20, 20), (done.GetProperty("state").GetString(), done.GetProperty("rows").GetInt32(), done.GetProperty("rejected").GetInt32()));
        AssertSame();
    }

    [Fact]
    public async Task A_run_of_the_command_line_that_is_killed_goes_on_and_is_not_logged()
    {
        await using var peers = await Peers.StartAsync();
        using var log = new BatchFolder();
        await using var app = await InferenceApp.StartAsync(peers, ("Inference:PredictionLog:Path", log.Root), ("ConnectionStrings:bus", "amqp://127.0.0.1:9"));
        peers.Want(2, peers.Store("named", 2, OnnxModels.NamedFeatures()));
        await app.ReadyAsync("named", 2);
        _folder.Write("in.csv", Rows);

        using (var killed = Start(app, "out.csv", "--chunk-rows", $"{ChunkRows}"))
        {
            await Poll.UntilAsync("the run is under way", () => _folder.ChunksOf("out.csv") > 5, ct: CancellationToken.None);
            killed.Kill();
            await killed.WaitForExitAsync(CancellationToken.None);
        }
        var left = _folder.ChunksOf("out.csv");
        var codes = new List<int>();
        foreach (var (output, options) in ((string, string[])[])[("out.csv", ["--chunk-rows", $"{ChunkRows}"]), ("whole.csv", []), ("part-{partition}.csv", ["--partition", "0/3"]), ("part-{partition}.csv", ["--partition", "1/3"]), ("part-{partition}.csv", ["--partition", "2/3"])])
        {
            using var process = Start(app, output, options);
            await process.WaitForExitAsync(CancellationToken.None);
            codes.Add(process.ExitCode);
        }

        Assert.InRange(left, 1, (Rows / ChunkRows) - 1);
        Assert.Equal([3, 3, 3, 3, 3], codes);
        AssertSame();
        var header = _folder.Read("whole.csv").IndexOf('\n', StringComparison.Ordinal) + 1;
        Assert.Equal(
            _folder.Read("whole.csv"),
            _folder.Read("part-00000.csv") + _folder.Read("part-00001.csv")[header..] + _folder.Read("part-00002.csv")[header..]);
        Assert.Empty(LogFiles.Read(log.Root));
        using var online = await app.Http.PostAsync("/api/v1/models/named/predict", Requests.Json("""{"features":{"amount":1,"channel":"web"}}"""));
        Assert.Single(LogFiles.Read(log.Root));
    }

    private void AssertSame()
    {
        var whole = _folder.Read("whole.csv");
        Assert.Equal(Rows - 20, whole.Split("<time>").Length - 1);
        Assert.Equal(whole, _folder.Read("out.csv"));
        Assert.Equal(_folder.Read("whole.csv.rejected.ndjson"), _folder.Read("out.csv.rejected.ndjson"));
        Assert.Equal(0, _folder.ChunksOf("out.csv"));
    }

    private Task<InferenceProcess> StartAsync(Peers peers) => InferenceProcess.StartAsync(
        peers, "named", 2, ("Inference:Batch:Directory", _folder.Root), ("Inference:Batch:ScanInterval", "00:00:00.100"), ("Inference:CacheDirectory", _folder["cache"]));

    private Process Start(InferenceApp app, string output, params string[] options)
    {
        string[] arguments = ["batch", "run", "--model", "named", "--version", "2", "--input", _folder["in.csv"], "--output", _folder[output], .. options];
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "modelops.dll"), .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true };
        start.Environment["MODELOPS_GATEWAY_GRPC"] = app.Services.GetRequiredService<ReplicaEndpoints>().GrpcAddress;
        start.Environment["MODELOPS_API_KEY"] = InferenceApp.Key;
        return Process.Start(start)!;
    }
}
