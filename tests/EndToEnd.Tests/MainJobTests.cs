using System.Text.Json;
using ModelOps.Samples.Fraud;
using ModelOps.Testing;

namespace ModelOps.EndToEnd.Tests;

[Collection(RunningApplication.Collection)]
public sealed class MainJobTests(RunningApplication application) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("modelops-main-job-");

    [Fact]
    public async Task Main_job_holds_and_holds_again_on_the_same_application()
    {
        var first = await RunAsync("first.json");
        var second = await RunAsync("second.json");

        Assert.Equal(StepNames(first), StepNames(second));
        Assert.Equal(Evidence(first, "register", "sha256"), Evidence(second, "register", "sha256"));
        Assert.Equal("before", Evidence(second, "register", "registered"));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<JsonElement> RunAsync(string name)
    {
        var secrets = new FileInfo(Path.Combine(_folder.FullName, "secrets.json"));
        await File.WriteAllTextAsync(secrets.FullName, JsonSerializer.Serialize(new Dictionary<string, string> { ["Parameters:admin-key"] = application.AdminKey }));
        var report = new FileInfo(Path.Combine(_folder.FullName, name));
        var data = new DirectoryInfo(Path.Combine(Golden.Repository, "samples/fraud/data"));
        var job = new MainJob(data, new GatewayStartup(application.Rest, secrets, process: null), application.Grpc, new StepTable(report));

        var held = await job.RunAsync(CancellationToken.None);

        var written = await File.ReadAllTextAsync(report.FullName);
        Assert.True(held, written);
        return JsonSerializer.Deserialize<JsonElement>(written);
    }

    private static IEnumerable<string?> StepNames(JsonElement report) =>
        report.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("name").GetString());

    private static string? Evidence(JsonElement report, string step, string name) =>
        report.GetProperty("steps").EnumerateArray().Single(row => row.GetProperty("name").ValueEquals(step)).GetProperty("evidence").GetProperty(name).GetString();
}
