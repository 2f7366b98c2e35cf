using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ModelOps.Contracts.Features.V1;
using ModelOps.FeatureStore.Tests.Support;
using static ModelOps.FeatureStore.Tests.Support.Workspace;
using Value = ModelOps.Contracts.Features.V1.Value;

namespace ModelOps.FeatureStore.Tests.Ingestion;

[Collection(FeatureStoreFixture.Name)]
public sealed class PushTests(FeatureStoreFixture fixture)
{
    public static TheoryData<string, FeatureRow> BadRows => new()
    {
        { "rows[1].amount: must be a finite number", Stats(2, Now, double.NaN, 1) },
        { "rows[1].amount: must be a finite number", Stats(2, Now, double.NegativeInfinity, 1) },
        { "rows[1].event_time: must not be after", Stats(2, Now.AddDays(1).AddHours(1), 1, 1) },
        { "rows[1].event_time: must be present", new FeatureRow { Entity = new() { Int64Value = 2 }, Values = { new Value(), new Value() } } },
        { "rows[1].event_time: must be a valid timestamp", new FeatureRow { Entity = new() { Int64Value = 2 }, EventTime = new() { Nanos = -1 }, Values = { new Value(), new Value() } } },
        { "rows[1].user_id: must be present", new FeatureRow { EventTime = Now.ToTimestamp(), Values = { new Value(), new Value() } } },
        { "rows[1].user_id: must be int64, it is string", new FeatureRow { Entity = new() { StringValue = "2" }, EventTime = Now.ToTimestamp(), Values = { new Value(), new Value() } } },
        { "rows[1].visits: must be int64, it is double", new FeatureRow { Entity = new() { Int64Value = 2 }, EventTime = Now.ToTimestamp(), Values = { new Value(), new Value { DoubleValue = 1 } } } },
        { "rows[1].values: must be 2", new FeatureRow { Entity = new() { Int64Value = 2 }, EventTime = Now.ToTimestamp(), Values = { new Value() } } },
        { "rows[1]: has the entity and event time of rows[0]", Stats(1, Now, 2, 1) },
    };

    private readonly FeatureStoreHost _host = fixture.Host;

    [Theory, MemberData(nameof(BadRows))]
    public async Task A_bad_row_is_refused_by_field_and_none_of_its_push_stored(string detail, FeatureRow row)
    {
        var workspace = await CreateAsync(_host);

        await RefusedAsync(StatusCode.InvalidArgument, detail, () => workspace.PushAsync("stats", Stats(1, Now, 1, 1), row));

        Assert.Empty(await workspace.StatsAsync());
    }

    [Fact]
    public async Task Texts_have_at_most_4096_bytes_and_keys_1024()
    {
        var workspace = await CreateAsync(_host);
        FeatureRow Note(string shop, string note) => new()
        {
            Entity = new() { StringValue = shop },
            EventTime = Now.ToTimestamp(),
            Values = { new Value { StringValue = note }, new Value() },
        };

        var longest = await workspace.PushAsync("notes", Note(new string('k', 1_024), string.Concat(Enumerable.Repeat("ä", 2_048))));

        Assert.Equal((1L, 1L), (longest.Stored, longest.Online));
        await RefusedAsync(StatusCode.InvalidArgument, "rows[0].note: must have at most 4,096 bytes of UTF-8, it has 4,097", () => workspace.PushAsync("notes", Note("a", new string('x', 4_097))));
        await RefusedAsync(StatusCode.InvalidArgument, "rows[0].shop_id: must have at most 1,024 bytes", () => workspace.PushAsync("notes", Note(new string('k', 1_025), "x")));
        await RefusedAsync(StatusCode.InvalidArgument, "rows[0].shop_id: must not be empty", () => workspace.PushAsync("notes", Note("", "x")));
    }

    [Fact]
    public async Task A_push_has_1_to_1000_rows_of_a_known_view()
    {
        var workspace = await CreateAsync(_host);

        await RefusedAsync(StatusCode.InvalidArgument, "rows: must be 1 to 1,000", () => workspace.PushAsync("stats"));
        await RefusedAsync(StatusCode.InvalidArgument, "rows: must be 1 to 1,000", () => workspace.PushAsync("stats", [.. Enumerable.Range(0, 1_001).Select(i => Stats(i, Now, 1, 1))]));
        await RefusedAsync(StatusCode.NotFound, "no feature view named nothing", () => workspace.PushAsync("nothing", Stats(1, Now, 1, 1)));
        await RefusedAsync(StatusCode.InvalidArgument, "workspace", () => _host.Client.PushAsync(new() { Workspace = "A b", View = "stats" }, FeatureStoreHost.Headers()).ResponseAsync);
    }

    [Fact]
    public async Task A_view_that_is_not_online_keeps_its_rows_in_the_history_only()
    {
        var workspace = await CreateAsync(_host);

        var pushed = await workspace.PushAsync("log", new FeatureRow { Entity = new() { Int64Value = 1 }, EventTime = Now.ToTimestamp(), Values = { new Value { StringValue = "x" } } });

        Assert.Equal((1L, 0L), (pushed.Stored, pushed.Online));
        Assert.Single((await workspace.HistoryAsync("log"))[0].Rows);
    }
}
