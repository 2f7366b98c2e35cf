using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ModelOps.Contracts.Features.V1;
using ModelOps.FeatureStore.Tests.Support;
using static ModelOps.FeatureStore.Tests.Support.Workspace;
using Value = ModelOps.Contracts.Features.V1.Value;

namespace ModelOps.FeatureStore.Tests.Online;

[Collection(FeatureStoreFixture.Name)]
public sealed class OnlineReadTests(FeatureStoreFixture fixture)
{
    private readonly FeatureStoreHost _host = fixture.Host;

    [Fact]
    public async Task Every_value_says_exactly_what_it_is()
    {
        var workspace = await CreateAsync(_host);
        await workspace.PushAsync("stats", Stats(1, Now, 1.5, null), Stats(2, Now.AddDays(-30).AddSeconds(-1), 2.5, 7));

        var vectors = await workspace.ReadAsync(["stats:visits", "stats:amount"], Users(1, 2, 3));

        Assert.Equal(["visits", "amount"], vectors.Select(vector => vector.Feature));
        Assert.Equal([FeatureStatus.NullValue, FeatureStatus.OutsideMaxAge, FeatureStatus.NotFound], vectors[0].Statuses);
        Assert.Equal([FeatureStatus.Present, FeatureStatus.OutsideMaxAge, FeatureStatus.NotFound], vectors[1].Statuses);
        Assert.Equal<Value>([new() { DoubleValue = 1.5 }, new(), new()], vectors[1].Values);
        Assert.Equal([Now.ToTimestamp(), Now.AddDays(-30).AddSeconds(-1).ToTimestamp(), new Timestamp()], vectors[1].EventTimes);
    }

    [Fact]
    public async Task One_call_reads_views_of_different_entities_row_by_row()
    {
        var workspace = await CreateAsync(_host);
        await workspace.PushAsync("stats", Stats(-5, Now, 1, 1));
        await workspace.PushAsync("notes", new FeatureRow
        {
            Entity = new() { StringValue = "ä{}/ü" },
            EventTime = Now.AddYears(-20).ToTimestamp(), // without a TTL nothing is too old
            Values = { new Value { StringValue = "grüß" }, new Value { BoolValue = true } },
        });

        var answer = await _host.Client.GetOnlineFeaturesAsync(
            new() { Workspace = workspace.Name, Selection = new() { FeatureService = "both" }, Entities = { Users(-5, -5), Shops("none", "ä{}/ü") } },
            FeatureStoreHost.Headers(), FeatureStoreHost.Deadline);

        Assert.Equal(["stats:amount", "stats:visits", "notes:note"], answer.Vectors.Select(vector => $"{vector.View}:{vector.Feature}"));
        Assert.Equal<Value>([new() { Int64Value = 1 }, new() { Int64Value = 1 }], answer.Vectors[1].Values);
        Assert.Equal<Value>([new(), new() { StringValue = "grüß" }], answer.Vectors[2].Values);
    }

    [Fact]
    public async Task A_row_of_an_older_schema_stays_readable_and_lacks_the_new_feature()
    {
        var workspace = await CreateAsync(_host);
        await workspace.PushAsync("stats", Stats(1, Now, 1.5, 2));
        var changes = await workspace.ApplyAsync(Workspace.Definitions.Replace("{ name: visits, type: int64 }", "{ name: visits, type: int64 }\n      - { name: city, type: string }", StringComparison.Ordinal));

        var old = await workspace.ReadAsync(["stats:city", "stats:visits"], Users(1));
        await workspace.PushAsync("stats", new FeatureRow
        {
            Entity = new() { Int64Value = 1 },
            EventTime = Now.AddSeconds(1).ToTimestamp(),
            Values = { new Value(), new Value { Int64Value = 3 }, new Value { StringValue = "Bern" } },
        });
        var renewed = await workspace.ReadAsync(["stats:city", "stats:visits"], Users(1));

        Assert.Equal(["view stats: feature city added in version 2", "service both: version 2 added"], changes);
        Assert.Equal((FeatureStatus.NullValue, 2L), (old[0].Statuses[0], old[1].Values[0].Int64Value));
        Assert.Equal(("Bern", 3L), (renewed[0].Values[0].StringValue, renewed[1].Values[0].Int64Value));
    }

    [Fact]
    public async Task Damaged_bytes_are_an_error_and_no_value()
    {
        var workspace = await CreateAsync(_host);
        await workspace.PushAsync("stats", Stats(1, Now, 1.5, 2));
        var key = System.Text.Encoding.UTF8.GetBytes($"features:{{{workspace.Name}/1}}stats");
        byte[] row = (await _host.Redis.StringGetAsync(key))!;
        await _host.Redis.StringSetAsync(key, row[..^1]);

        await RefusedAsync(StatusCode.DataLoss, "stats", () => workspace.ReadAsync(["stats:amount"], Users(1)));
    }

    [Fact]
    public async Task A_row_goes_some_time_after_its_TTL_and_a_repeat_takes_a_new_TTL_over()
    {
        var workspace = await CreateAsync(_host);
        var key = System.Text.Encoding.UTF8.GetBytes($"features:{{{workspace.Name}/1}}stats");

        await workspace.PushAsync("stats", Stats(1, Now, 1.5, 2));
        var first = await _host.Redis.KeyTimeToLiveAsync(key);
        await workspace.ApplyAsync(Workspace.Definitions.Replace("ttl: 30d", "ttl: 60d", StringComparison.Ordinal));
        await workspace.PushAsync("stats", Stats(1, Now, 1.5, 2));
        var second = await _host.Redis.KeyTimeToLiveAsync(key);

        Assert.InRange(first!.Value, TimeSpan.FromDays(36.9), TimeSpan.FromDays(37.1)); // the TTL of 30 days, and the 7 of the option
        Assert.InRange(second!.Value, TimeSpan.FromDays(66.9), TimeSpan.FromDays(67.1));
    }

    [Theory]
    [InlineData(StatusCode.NotFound, "no feature stats:nothing", "stats:nothing")]
    [InlineData(StatusCode.NotFound, "no feature nothing:amount", "nothing:amount")]
    [InlineData(StatusCode.InvalidArgument, "features[0]", "stats")]
    [InlineData(StatusCode.InvalidArgument, "entities.shop_id: must be present", "notes:note")]
    [InlineData(StatusCode.FailedPrecondition, "log is not online", "log:what")]
    public async Task A_feature_that_cannot_be_read_is_refused(StatusCode status, string detail, string feature)
    {
        var workspace = await CreateAsync(_host);

        await RefusedAsync(status, detail, () => workspace.ReadAsync([feature], Users(1)));
    }

    [Fact]
    public async Task Keys_are_checked_by_type_and_number()
    {
        var workspace = await CreateAsync(_host);
        var missing = new EntityColumn { JoinKey = "user_id", Keys = { new Value { Int64Value = 1 }, new Value() } };
        var wrong = new EntityColumn { JoinKey = "user_id", Keys = { new Value { StringValue = "1" } } };

        await RefusedAsync(StatusCode.InvalidArgument, "entities.user_id[1]: must be present", () => workspace.ReadAsync(["stats:amount"], missing));
        await RefusedAsync(StatusCode.InvalidArgument, "entities.user_id[0]: must be int64, it is string", () => workspace.ReadAsync(["stats:amount"], wrong));
        await RefusedAsync(StatusCode.InvalidArgument, "at most 1,000 rows", () => workspace.ReadAsync(["stats:amount"], Users([.. Enumerable.Range(0, 1_001).Select(i => (long)i)])));
        await RefusedAsync(StatusCode.InvalidArgument, "must have 1 rows", () => workspace.ReadAsync(["stats:amount", "notes:note"], Users(1), Shops("a", "b")));
    }
}
