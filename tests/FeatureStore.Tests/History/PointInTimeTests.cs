using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ModelOps.Contracts.Features.V1;
using ModelOps.FeatureStore.Tests.Support;
using static ModelOps.FeatureStore.Tests.Support.Workspace;

namespace ModelOps.FeatureStore.Tests.History;

[Collection(FeatureStoreFixture.Name)]
public sealed class PointInTimeTests(FeatureStoreFixture fixture)
{
    private static readonly DateTimeOffset Noon = new(2020, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly FeatureStoreHost _host = fixture.Host;

    [Fact]
    public async Task A_row_is_joined_from_its_own_moment_on_until_its_TTL_is_over_both_included()
    {
        var workspace = await CreateAsync(_host);
        await workspace.PushAsync("stats", Stats(1, Noon, 1, 1), Stats(1, Noon.AddDays(40), 2, null));
        DateTimeOffset[] moments =
        [
            Noon.AddMicroseconds(-1), Noon, Noon.AddDays(30), Noon.AddDays(30).AddMicroseconds(1), Noon.AddDays(40).AddMicroseconds(-1), Noon.AddDays(40), Noon.AddDays(70),
        ];

        var joined = await workspace.JoinAsync(["stats:amount", "stats:visits"], Rows(1, moments));

        Assert.Equal(
            [FeatureStatus.NotFound, FeatureStatus.Present, FeatureStatus.Present, FeatureStatus.OutsideMaxAge, FeatureStatus.OutsideMaxAge, FeatureStatus.Present, FeatureStatus.Present],
            joined[0].Statuses);
        Assert.Equal([0, 1, 1, 0, 0, 2, 2], joined[0].Values.Select(value => value.DoubleValue));
        Assert.Equal(FeatureStatus.NullValue, joined[1].Statuses[^1]);
        Assert.Equal(Noon.AddDays(40).ToTimestamp(), joined[0].EventTimes[^1]);
    }

    [Fact]
    public async Task The_join_is_that_of_a_plain_search_on_random_rows()
    {
        var workspace = await CreateAsync(_host);
        var random = new Random(42);
        var history = Enumerable.Range(0, 400)
            .Select(i => (User: random.NextInt64(-3, 4), At: Noon.AddHours(random.Next(0, 3_000)), Value: (long)i))
            .DistinctBy(row => (row.User, row.At)).ToArray();
        await workspace.PushAsync("stats", [.. history.Select(row => Stats(row.User, row.At, row.Value, row.Value))]);
        var spine = Enumerable.Range(0, 500).Select(_ => (User: random.NextInt64(-4, 5), At: Noon.AddHours(random.Next(-100, 4_000)))).ToArray();

        var rows = new HistoricalRows { Entities = { Users([.. spine.Select(row => row.User)]) }, EventTimes = { spine.Select(row => row.At.ToTimestamp()) } };
        var joined = await workspace.JoinAsync(["stats:visits"], rows);

        var expected = spine.Select(row => history
            .Where(known => known.User == row.User && known.At <= row.At && known.At >= row.At.AddDays(-30))
            .OrderByDescending(known => known.At).Select(known => (long?)known.Value).FirstOrDefault());
        Assert.Equal(expected, joined[0].Values.Select((value, i) => joined[0].Statuses[i] == FeatureStatus.Present ? value.Int64Value : (long?)null));
    }

    [Fact]
    public async Task History_is_read_by_event_time_then_entity_in_bounded_messages()
    {
        var workspace = await CreateAsync(_host);
        long[] users = [3, -2, 10, 9, -11];
        await workspace.PushAsync("stats", [.. users.Select(user => Stats(user, Noon, user, user))]);
        await workspace.PushAsync("stats", [.. Enumerable.Range(1, 1_000).Select(i => Stats(1, Noon.AddSeconds(i), i, i))]);
        await workspace.PushAsync("stats", [.. Enumerable.Range(1_001, 1_000).Select(i => Stats(1, Noon.AddSeconds(i), i, i))]);

        var messages = await workspace.HistoryAsync("stats");
        var cut = await workspace.HistoryAsync("stats", from: Noon.AddSeconds(1), to: Noon.AddSeconds(3));

        Assert.Equal([1_000, 1_000, 5], messages.Select(message => message.Rows.Count));
        Assert.Equal(
            [-11, -2, 3, 9, 10, .. Enumerable.Range(1, 2_000).Select(i => (long)i)],
            messages.SelectMany(message => message.Rows).Select(row => row.Values[1].Int64Value));
        Assert.Equal([1, 2], cut.SelectMany(message => message.Rows).Select(row => row.Values[1].Int64Value));
    }

    [Fact]
    public async Task A_wrong_batch_is_refused_by_field()
    {
        var workspace = await CreateAsync(_host);
        var short_of_times = Rows(1, Noon);
        short_of_times.EventTimes.Clear();
        var invalid = Rows(1, Noon);
        invalid.EventTimes[0] = new() { Seconds = long.MaxValue };

        await RefusedAsync(StatusCode.InvalidArgument, "event_times: must be one per row", () => workspace.JoinAsync(["stats:visits"], short_of_times));
        await RefusedAsync(StatusCode.InvalidArgument, "rows.event_times[0]", () => workspace.JoinAsync(["stats:visits"], invalid));
        await RefusedAsync(StatusCode.InvalidArgument, "at most 10,000 rows", () => workspace.JoinAsync(["stats:visits"], Rows(1, [.. Enumerable.Repeat(Noon, 10_001)])));
        await RefusedAsync(StatusCode.NotFound, "stats:nothing", () => workspace.JoinAsync(["stats:nothing"], Rows(1, Noon)));
        await RefusedAsync(StatusCode.NotFound, "no feature view named nothing", () => workspace.HistoryAsync("nothing"));
        await RefusedAsync(StatusCode.InvalidArgument, "from: must not be after to", () => workspace.HistoryAsync("stats", Noon.AddDays(1), Noon));
    }

    private static HistoricalRows Rows(long user, params DateTimeOffset[] moments) => new()
    {
        Entities = { Users([.. moments.Select(_ => user)]) },
        EventTimes = { moments.Select(moment => moment.ToTimestamp()) },
    };
}
