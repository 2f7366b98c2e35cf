using System.Diagnostics;
using ModelOps.Batch.Tests.Support;

namespace ModelOps.Batch.Tests;

public sealed class CommandLineTests : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("batch run --model m --output out.csv", "--input")]
    [InlineData("batch run --model m --input in.parquet --output out.csv --api-key k", "Parquet is not supported")]
    [InlineData("batch run --model m --input in.csv --output out.csv --api-key k --partition 8/8", "--partition must be index/count")]
    [InlineData("batch run --model m --input in.csv --output out.csv", "--api-key must be given")]
    [InlineData("batch run --model m --input in.csv --output out.csv --api-key k --chunk-rows 0", "--chunk-rows must be 1 to")]
    [InlineData("batch run --model m --input in.csv --output out.csv --api-key k --gateway http://somewhere", "--gateway-grpc must be given")]
    [InlineData("batch list --api-key k --gateway nowhere", "--gateway must be an http or https address")]
    [InlineData("batch guess", "guess")]
    public async Task A_wrong_command_line_ends_with_2_and_says_what_is_wrong(string arguments, string says)
    {
        var (code, _, errors) = await RunAsync(arguments);

        Assert.Equal(2, code);
        Assert.Contains(says, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_that_does_not_answer_ends_with_1_and_the_next_step()
    {
        _bench.Write("in.csv", "amount,channel\n1,a\n");

        var (code, _, errors) = await RunAsync($"batch run --model m --input {_bench["in.csv"]} --output {_bench["out.csv"]} --api-key k --gateway-grpc http://127.0.0.1:9");
        var (listCode, _, listErrors) = await RunAsync("batch list --api-key k --gateway http://127.0.0.1:9");

        Assert.Equal((1, 1), (code, listCode));
        Assert.Contains("next: check --gateway-grpc", errors, StringComparison.Ordinal);
        Assert.Contains("next: check --gateway", listErrors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors + listErrors, StringComparison.Ordinal);
        Assert.Equal(["in.csv"], _bench.Names());
    }

    [Theory]
    [InlineData("--model m --input in.csv --output out.csv --api-key k", "3", null, "JOB_PARTITIONS is not")]
    [InlineData("--model m --input in.csv --output out.csv --api-key k", "3", "8", "must contain {partition}")]
    [InlineData("--model m --input in.csv --output out-{partition}.csv --api-key k", "3", "8", "--version must be said with a partition")]
    public async Task A_pod_of_an_indexed_job_learns_its_part_from_the_environment(string arguments, string index, string? partitions, string says)
    {
        var (code, _, errors) = await RunAsync($"batch run {arguments}", ("JOB_COMPLETION_INDEX", index), ("JOB_PARTITIONS", partitions));

        Assert.Equal(2, code);
        Assert.Contains(says, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_tells_commands_options_and_environment()
    {
        var (code, root, _) = await RunAsync("batch --help");
        var (_, run, _) = await RunAsync("batch run --help");

        Assert.Equal(0, code);
        Assert.All((string[])["run", "submit", "status", "list", "cancel"], command => Assert.Contains(command, root, StringComparison.Ordinal));
        Assert.All((string[])["--partition", "MODELOPS_API_KEY", "JOB_COMPLETION_INDEX"], word => Assert.Contains(word, run, StringComparison.Ordinal));
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(string arguments, params (string Name, string? Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "modelops.dll"), .. arguments.Split(' ')])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(CancellationToken.None), process.StandardError.ReadToEndAsync(CancellationToken.None));
        await process.WaitForExitAsync(CancellationToken.None);
        return (process.ExitCode, await output, await errors);
    }
}
