using System.Diagnostics;
using System.Globalization;
using ModelOps.Samples.Fraud;

namespace ModelOps.Integration.Tests;

/// <summary>The command line against the whole application: through the gateway, with a key.</summary>
[Collection(RunningLoop.Collection)]
public sealed class BatchCommandTests(RunningLoop loop) : IDisposable
{
    private const int Rows = 5_000;
    private readonly string _name = $"cli-{Guid.NewGuid():N}";
    private readonly string _own = Directory.CreateTempSubdirectory("modelops-cli-").FullName;

    public void Dispose() => Directory.Delete(_own, recursive: true);

    [Fact]
    public async Task Rows_are_predicted_here_and_by_a_job_alike_and_jobs_can_be_looked_at_and_stopped()
    {
        var text = Csv();
        var (input, output) = (Path.Combine(_own, "in.csv"), Path.Combine(_own, "out.csv"));
        await File.WriteAllTextAsync(input, text);
        await File.WriteAllTextAsync(Path.Combine(loop.BatchFolder, $"{_name}.csv"), text);

        var run = await RunAsync("run", "--model", FraudModel.Name, "--input", input, "--output", output);
        var submitted = await RunAsync("submit", "--model", FraudModel.Name, "--input", $"{_name}.csv", "--output", $"{_name}.out.csv", "--wait");
        var id = submitted.Output.Split(' ')[0];
        var status = await RunAsync("status", id);
        var list = await RunAsync("list");
        var over = await RunAsync("cancel", id);

        // One row has no number where one has to be.
        Assert.Equal((3, 3, 3, 0, 1), (run.Code, submitted.Code, status.Code, list.Code, over.Code));
        Assert.Contains($"{Rows - 1} rows, 1 rejected", status.Output, StringComparison.Ordinal);
        Assert.Contains($"version {loop.Version}", status.Output, StringComparison.Ordinal);
        Assert.Contains(id, list.Output, StringComparison.Ordinal);
        Assert.Contains("the job is over: succeeded", over.Errors, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(Predictions(output), Predictions(Path.Combine(loop.BatchFolder, $"{_name}.out.csv")));
        Assert.Equal(Rows - 1, Predictions(output).Length);
    }

    [Fact]
    public async Task A_key_that_is_not_known_gets_one_line_and_no_job()
    {
        var refused = await RunAsync(["submit", "--model", FraudModel.Name, "--input", "x.csv", "--output", "y.csv"], "mo_unknown");

        Assert.Equal(1, refused.Code);
        Assert.Contains("MODELOPS_API_KEY", refused.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refused.Errors, StringComparison.Ordinal);
    }

    private string Csv()
    {
        string[] names = ["id", .. FraudModel.NumericFeatures, FraudModel.CategoricalFeature];
        var rows = Enumerable.Range(0, Rows).Select(i =>
        {
            var row = loop.Sample.Same[i % loop.Sample.Same.Length];
            var numbers = FraudModel.NumericFeatures.Select(feature => row[feature].ToString("R", CultureInfo.InvariantCulture)).ToArray();
            numbers[0] = i == 17 ? "much" : numbers[0];
            return string.Join(',', [$"{i}", .. numbers, row.MerchantCategory]);
        });
        return string.Join('\n', [string.Join(',', names), .. rows, ""]);
    }

    /// <summary>What was predicted, without the time it was predicted at.</summary>
    private static string[] Predictions(string file)
    {
        var lines = File.ReadAllLines(file);
        var time = Array.IndexOf(lines[0].Split(','), "predicted_at");
        return [.. lines.Skip(1).Select(line => line.Split(',')).Select(fields => string.Join(',', fields[0], fields[^1], fields[time - 3]))];
    }

    private Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments) => RunAsync(arguments, loop.AdminKey);

    private async Task<(int Code, string Output, string Errors)> RunAsync(string[] arguments, string key)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "modelops.dll"), "batch", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["MODELOPS_GATEWAY"] = loop.Http.BaseAddress!.ToString(), ["MODELOPS_GATEWAY_GRPC"] = loop.GatewayGrpc.ToString(), ["MODELOPS_API_KEY"] = key },
        };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output, await errors);
    }
}
