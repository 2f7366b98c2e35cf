using ModelOps.Batch.Tests.Support;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Batch.Tests;

public sealed class ResumeTests : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(1), InlineData(4)]
    public async Task A_job_that_failed_goes_on_where_it_stopped_and_ends_as_if_it_had_not(int parallelism)
    {
        _bench.Write("in.csv", Workbench.Csv(1_000));
        var spec = _bench.Spec("in.csv", "out.csv") with { Parallelism = parallelism };
        await Workbench.RunAsync(_bench.Spec("in.csv", "whole.csv"), new RiskModel());
        var failing = new RiskModel { Interfere = call => call > 100 ? new Refusal(RefusalKind.FailedPrecondition, "broken") : null };

        var failed = await Workbench.RunAsync(spec, failing);
        var model = new RiskModel();
        var run = Workbench.JobOf(spec, model);
        var done = await run.RunAsync(CancellationToken.None);

        Assert.Equal("broken", failed.Refusal?.Message);
        Assert.Equal(new BatchSummary("risk", 7, 1_000, 0), done.Value);
        Assert.Equal(_bench.Read("whole.csv"), _bench.Read("out.csv"));
        Assert.True(run.Progress.ResumedRows > 0);
        Assert.Equal((1_000 - run.Progress.ResumedRows) / 10 * 3, model.Calls);
        Assert.Equal(["in.csv", "out.csv", "whole.csv"], _bench.Names());
    }

    [Fact]
    public async Task A_part_that_the_machine_lost_is_made_again()
    {
        _bench.Write("in.csv", Workbench.Csv(100));
        await Workbench.RunAsync(_bench.Spec("in.csv", "whole.csv"), new RiskModel());
        await StopAfterAsync(calls: 20);
        await File.WriteAllTextAsync(Path.Combine(_bench["out.csv.batch"], "chunk-00000001.part"), "half", CancellationToken.None);

        await Workbench.RunAsync(_bench.Spec("in.csv", "out.csv"), new RiskModel());

        Assert.Equal(_bench.Read("whole.csv"), _bench.Read("out.csv"));
    }

    [Fact]
    public async Task The_version_stays_the_one_that_the_job_began_with()
    {
        _bench.Write("in.csv", Workbench.Csv(100));
        await StopAfterAsync(calls: 20);

        var other = await Workbench.RunAsync(_bench.Spec("in.csv", "out.csv") with { Version = 8 }, new RiskModel());
        var same = await Workbench.RunAsync(_bench.Spec("in.csv", "out.csv"), new RiskModel());

        Assert.Contains("was begun with version 7", other.Refusal?.Message, StringComparison.Ordinal);
        Assert.Equal(7, same.Value?.Version);
    }

    [Fact]
    public async Task Going_on_with_another_input_is_refused()
    {
        _bench.Write("in.csv", Workbench.Csv(100));
        await StopAfterAsync(calls: 20);
        _bench.Write("in.csv", Workbench.Csv(101));

        var outcome = await Workbench.RunAsync(_bench.Spec("in.csv", "out.csv"), new RiskModel());

        Assert.Contains("was begun with another input file, or the file was changed since", outcome.Refusal?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_that_another_process_works_on_is_left_alone()
    {
        _bench.Write("in.csv", Workbench.Csv(100));
        await StopAfterAsync(calls: 20);
        await using var held = new FileStream(Path.Combine(_bench["out.csv.batch"], "lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        var outcome = await Workbench.RunAsync(_bench.Spec("in.csv", "out.csv"), new RiskModel());

        Assert.Contains("another process works on this job", outcome.Refusal?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_output_that_exists_is_replaced_only_when_asked()
    {
        _bench.Write("in.csv", Workbench.Csv(5));
        _bench.Write("out.csv", "precious");

        var refused = await Workbench.RunAsync(_bench.Spec("in.csv", "out.csv"), new RiskModel());
        var kept = _bench.Read("out.csv");
        var replaced = await Workbench.RunAsync(_bench.Spec("in.csv", "out.csv") with { Overwrite = true }, new RiskModel());

        Assert.Equal((RefusalKind.AlreadyExists, "precious", 5), (refused.Refusal!.Kind, kept, replaced.Value!.Rows));
    }

    [Fact]
    public async Task A_folder_that_vanishes_while_the_job_runs_is_told_in_one_sentence()
    {
        _bench.Write("in.csv", Workbench.Csv(100));
        var model = new RiskModel { Interfere = Vanish };

        var outcome = await Workbench.RunAsync(_bench.Spec("in.csv", "out.csv"), model);

        Assert.StartsWith("a file cannot be read or written: Could not find", outcome.Refusal?.Message, StringComparison.Ordinal);

        Refusal? Vanish(int call)
        {
            if (call == 20)
            {
                Directory.Delete(_bench["out.csv.batch"], recursive: true);
            }
            return null;
        }
    }

    [Theory]
    [InlineData("csv", 1), InlineData("csv", 3), InlineData("csv", 64), InlineData("ndjson", 7)]
    public async Task Partitions_together_are_the_whole(string format, int count)
    {
        var rows = format == "csv" ? Workbench.Csv(200) : Workbench.Rows(200, i => $$"""{"amount":{{i % 100}},"channel":"{{new string('x', i % 50)}}"}""");
        _bench.Write($"in.{format}", rows);
        await Workbench.RunAsync(_bench.Spec($"in.{format}", $"whole.{format}") with { Version = 7 }, new RiskModel());

        var parts = new List<string>();
        for (var index = 0; index < count; index++)
        {
            var spec = _bench.Spec($"in.{format}", $"part.{format}") with { Version = 7, Partition = new(index, count), Overwrite = true };
            await Workbench.RunAsync(spec, new RiskModel());
            var text = _bench.Read($"part.{format}");
            parts.Add(format == "csv" && index > 0 ? text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..] : text);
        }

        Assert.Equal(_bench.Read($"whole.{format}"), string.Concat(parts));
    }

    [Theory]
    [InlineData("3"), InlineData("3/3"), InlineData("-1/3"), InlineData("0/0"), InlineData("0/10001"), InlineData("1/2/3")]
    public void A_partition_that_is_none_is_refused(string text) => Assert.Equal("partition", Partition.Parse(text).Refusal?.Field);

    [Fact]
    public async Task A_partition_needs_a_version()
    {
        _bench.Write("in.csv", Workbench.Csv(5));

        var outcome = await Workbench.RunAsync(_bench.Spec("in.csv", "out.csv") with { Partition = new(0, 2) }, new RiskModel());

        Assert.Equal("version: must be said with a partition, so that every partition has the same", outcome.Refusal?.Detail);
    }

    private async Task StopAfterAsync(int calls)
    {
        var model = new RiskModel { Interfere = call => call > calls ? new Refusal(RefusalKind.FailedPrecondition, "broken") : null };
        Assert.False((await Workbench.RunAsync(_bench.Spec("in.csv", "out.csv"), model)).Succeeded);
    }
}
