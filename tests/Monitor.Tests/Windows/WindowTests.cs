using ModelOps.Contracts.Monitor.V1;
using ModelOps.Monitor.Tests.Support;
using ModelOps.Testing;

namespace ModelOps.Monitor.Tests.Windows;

[Collection(MonitorFixture.Name)]
public sealed class WindowTests(MonitorFixture fixture)
{
    private readonly MonitorHost _host = fixture.Host;

    [Fact]
    public async Task Windows_hold_exactly_as_many_rows_as_the_policy_says_and_follow_each_other()
    {
        await _host.SetPolicyAsync(new() { Model = "by-rows", WindowRows = 100 });

        await fixture.Publisher.PublishAsync(Records.Many("by-rows", 130));
        await fixture.Publisher.PublishAsync(Records.Many("by-rows", 150, first: 130));
        await fixture.Publisher.PublishAsync(Records.Many("by-rows", 50, first: 280));
        await _host.StoredAsync("by-rows", 330);

        var windows = await _host.WindowsAsync("by-rows");
        Assert.Equal([30, 100, 100, 100], windows.Select(window => window.Rows));
        Assert.Equal(WindowState.Open, windows[0].State);
        Assert.DoesNotContain(windows.Skip(1), window => window.State == WindowState.Open);
        Assert.Equal(
            (Records.Noon.AddSeconds(100), Records.Noon.AddSeconds(199)),
            (windows[2].FirstEventTime.ToDateTimeOffset(), windows[2].LastEventTime.ToDateTimeOffset()));
        var runs = await _host.QueryAsync<long>(
            "select max(position) - min(position) + 1 from monitor.predictions where model = 'by-rows' group by window_id order by min(position)");
        Assert.Equal([100, 100, 100, 30], runs);
    }

    [Theory]
    [InlineData("by-idle", 0, 0.2)]
    [InlineData("by-age", 0.2, 0)]
    public async Task A_window_closes_when_its_time_has_come_and_the_next_prediction_opens_another(string model, double age, double idle)
    {
        await _host.SetPolicyAsync(new() { Model = model, WindowSeconds = age, WindowIdleSeconds = idle, MinimumRows = 50 });

        await fixture.Publisher.PublishAsync(Records.Many(model, 40));
        await Poll.UntilAsync("the window is assessed", async _ => await _host.WindowsAsync(model) is [{ State: WindowState.Assessed }]);
        await fixture.Publisher.PublishAsync(Records.Many(model, 10, first: 40));
        await _host.StoredAsync(model, 50);

        var windows = await _host.WindowsAsync(model);
        Assert.Equal([10, 40], windows.Select(window => window.Rows));
        Assert.Equal("not enough data: 40 answered predictions, at least 50 are needed", windows[1].Reason);
        Assert.Empty(windows[1].Features);
    }

    [Fact]
    public async Task Late_labels_say_how_a_window_turned_out()
    {
        (double Score, double? Label)[] rows = [(0.9, 1), (0.8, 0), (0.7, 1), (0.4, 1), (0.3, 0), (0.3, 1), (0.2, 0), (0.1, 0), (0.6, null)];
        await _host.SetPolicyAsync(new() { Model = "quality", WindowRows = rows.Length });
        await fixture.Publisher.PublishAsync([.. rows.Select((row, i) => Records.Of("quality", Records.Id("quality", i), score: row.Score))]);
        await _host.StoredAsync("quality", rows.Length);
        var before = (await _host.WindowsAsync("quality")).Single().Quality;
        await _host.LabelAsync((Records.Id("quality", 0), 1));
        var early = (await _host.WindowsAsync("quality")).Single().Quality;

        await _host.LabelAsync(rows.Index().Where(row => row.Item.Label is not null).Select(row => (Records.Id("quality", row.Index), row.Item.Label!.Value)));
        var late = (await _host.WindowsAsync("quality")).Single().Quality;

        Assert.Equal(new WindowQuality(), before);
        Assert.Equal((1, 1, 1.0, false), (early.Labels, early.Positives, early.Accuracy, early.HasRocAuc));
        Assert.Equal((8, 4), (late.Labels, late.Positives));
        Assert.Equal(5.0 / 8, late.Accuracy, 1e-12);
        Assert.Equal(2.0 / 3, late.Precision, 1e-12);
        Assert.Equal(2.0 / 4, late.Recall, 1e-12);
        Assert.Equal(4.0 / 7, late.F1, 1e-12);
        Assert.Equal(12.5 / 16, late.RocAuc, 1e-12); // 12 pairs in order, one tie
        Assert.Equal(rows.Where(row => row.Label is not null).Average(row => -Math.Log(row.Label == 1 ? row.Score : 1 - row.Score)), late.LogLoss, 1e-12);
    }
}
