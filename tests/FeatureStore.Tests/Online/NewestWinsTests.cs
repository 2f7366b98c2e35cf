using ModelOps.FeatureStore.Tests.Support;
using static ModelOps.FeatureStore.Tests.Support.Workspace;

namespace ModelOps.FeatureStore.Tests.Online;

[Collection(FeatureStoreFixture.Name)]
public sealed class NewestWinsTests(FeatureStoreFixture fixture)
{
    private readonly FeatureStoreHost _host = fixture.Host;

    [Fact]
    public async Task An_older_row_goes_into_the_history_and_not_online()
    {
        var workspace = await CreateAsync(_host);
        await workspace.PushAsync("stats", Stats(1, Now, 1, 1));

        var late = await workspace.PushAsync("stats", Stats(1, Now.AddSeconds(-1), 2, 2));

        Assert.Equal((1L, 0L), (late.Stored, late.Online));
        Assert.Equal(1, await VisitsAsync(workspace));
    }

    [Fact]
    public async Task A_repeat_is_harmless_and_refills_a_store_that_was_emptied()
    {
        var workspace = await CreateAsync(_host);
        await workspace.PushAsync("stats", Stats(1, Now, 1, 1));

        var again = await workspace.PushAsync("stats", Stats(1, Now, 1, 1));
        var contradicting = await workspace.PushAsync("stats", Stats(1, Now, 9, 9));
        await _host.Redis.ScriptEvaluateAsync("return redis.call('DEL', KEYS[1])", [System.Text.Encoding.UTF8.GetBytes($"features:{{{workspace.Name}/1}}stats")], []);
        var refilled = await workspace.PushAsync("stats", Stats(1, Now, 9, 9));

        Assert.Equal((0L, 0L), (again.Stored, again.Online));
        Assert.Equal((0L, 0L), (contradicting.Stored, contradicting.Online));
        Assert.Equal((0L, 1L), (refilled.Stored, refilled.Online));
        Assert.Equal(1, await VisitsAsync(workspace)); // as the history has it
    }

    [Fact]
    public async Task Whatever_order_racing_writers_come_in_the_newest_row_stays()
    {
        const int writers = 16;
        const int each = 25;
        var workspace = await CreateAsync(_host);
        var order = Enumerable.Range(0, writers * each).ToArray();
        new Random(7).Shuffle(order);

        // Microseconds apart, around a place where the lower half of the number overflows.
        var start = DateTimeOffset.UnixEpoch.AddTicks((((EventMicroseconds(Now) >> 32) << 32) - (order.Length / 2)) * TimeSpan.TicksPerMicrosecond);
        await Task.WhenAll(order.Chunk(each).Select(async numbers =>
        {
            foreach (var number in numbers)
            {
                await workspace.PushAsync("stats", Stats(1, start.AddMicroseconds(number), number, number));
            }
        }));

        Assert.Equal(order.Length - 1, await VisitsAsync(workspace));
        Assert.Equal(order.Length, (await workspace.StatsAsync()).Count);
    }

    [Fact]
    public async Task Of_many_rows_of_an_entity_in_one_push_the_newest_counts_once()
    {
        var workspace = await CreateAsync(_host);

        var pushed = await workspace.PushAsync("stats", Stats(1, Now, 1, 1), Stats(1, Now.AddSeconds(2), 3, 3), Stats(1, Now.AddSeconds(1), 2, 2), Stats(1, Now, 1, 1));

        Assert.Equal((3L, 1L), (pushed.Stored, pushed.Online));
        Assert.Equal(3, await VisitsAsync(workspace));
    }

    private static long EventMicroseconds(DateTimeOffset moment) => (moment - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private static async Task<long> VisitsAsync(Workspace workspace) => (await workspace.ReadAsync(["stats:visits"], Users(1)))[0].Values[0].Int64Value;
}
