using System.Text.Json;
using ModelOps.Samples.Fraud;
using ModelOps.Testing;

namespace ModelOps.EndToEnd.Tests;

[Collection(RunningApplication.Collection)]
public sealed class MainJobTests(RunningApplication application) : IDisposable
{
    /// <summary>What has to be the same whenever the loop runs on the same files.</summary>
    private static readonly (string Step, string Evidence)[] Digests =
    [
        ("1 features", "user_history_sha256"),
        ("2 first version", "dataset_sha256"),
        ("2 first version", "model_sha256"),
        ("4 canary, promoted", "dataset_sha256"),
        ("4 canary, promoted", "model_sha256"),
        ("5 bad, rolled back", "model_sha256"),
        ("6 drift, retrained", "dataset_sha256"),
        ("6 drift, retrained", "model_sha256"),
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("modelops-main-job-");

    [Fact]
    public async Task The_loop_closes_and_closes_again_with_the_same_data_and_models()
    {
        var first = await RunAsync("first.json");
        var second = await RunAsync("second.json");

        foreach (var (step, evidence) in Digests)
        {
            Assert.Equal((step, evidence, Evidence(first, step, evidence)), (step, evidence, Evidence(second, step, evidence)));
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<JsonElement> RunAsync(string name)
    {
        var secrets = new FileInfo(Path.Combine(_folder.FullName, "secrets.json"));
        await File.WriteAllTextAsync(secrets.FullName, JsonSerializer.Serialize(new Dictionary<string, string> { ["Parameters:admin-key"] = application.AdminKey }));
        var report = new FileInfo(Path.Combine(_folder.FullName, name));
        var sample = new DirectoryInfo(Path.Combine(Golden.Repository, "samples/fraud"));
        var files = new SampleFiles(sample, SamplePolicy.Read(new(Path.Combine(sample.FullName, "policies/fast.json"))));
        var job = new MainJob(files, new GatewayStartup(application.Rest, secrets, process: null), new StepTable(report), TimeProvider.System);

        var held = await job.RunAsync(CancellationToken.None);

        var written = await File.ReadAllTextAsync(report.FullName);
        Assert.True(held, written);
        return JsonSerializer.Deserialize<JsonElement>(written);
    }

    private static string? Evidence(JsonElement report, string step, string name) =>
        report.GetProperty("steps").EnumerateArray().Single(row => row.GetProperty("name").ValueEquals(step)).GetProperty("evidence").GetProperty(name).GetString();
}
