using System.Collections.Concurrent;
using System.Text;
using Grpc.Core;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using ModelOps.Contracts.Events.V1;
using ModelOps.Contracts.Features.V1;
using ModelOps.FeatureStore.Tests.Support;
using ModelOps.Testing;
using static ModelOps.FeatureStore.Tests.Support.Workspace;

namespace ModelOps.FeatureStore.Tests.Ingestion;

[Collection(FeatureStoreFixture.Name)]
public sealed class MaterializeTests(FeatureStoreFixture fixture)
{
    private readonly FeatureStoreHost _host = fixture.Host;

    [Fact]
    public async Task Rows_in_any_order_are_stored_and_the_newest_of_each_entity_goes_online()
    {
        var workspace = await CreateAsync(_host);
        var start = Now.AddDays(-1).ToUnixTimeSeconds();

        var done = await workspace.MaterializeAsync("stats", $""""
            user_id,ignored,at,visits,amount
            2,x,{start + 5},20,2.5
            1,"y, ""z""",{start + 2.5m},12,
            1,,{Now:yyyy-MM-dd'T'HH:mm:ss}.123456789Z,13,1e3
            1,,{start},11,-0.5

            """");

        Assert.Equal((4L, 4L, 0L, 2L), (done.Rows, done.Stored, done.Duplicates, done.Online));
        Assert.Equal(["""1 { "doubleValue": -0.5 } { "int64Value": "11" }""", """1 { } { "int64Value": "12" }""", """2 { "doubleValue": 2.5 } { "int64Value": "20" }""", """1 { "doubleValue": 1000 } { "int64Value": "13" }"""], await workspace.StatsAsync());
        var online = await workspace.ReadAsync(["stats:visits"], Users(1, 2));
        Assert.Equal([13, 20], online[0].Values.Select(value => value.Int64Value));
        Assert.Equal(123_456_000, online[0].EventTimes[0].Nanos);
    }

    [Fact]
    public async Task A_repeat_stores_nothing_and_data_shifted_in_time_have_the_same_digest()
    {
        var workspace = await CreateAsync(_host);
        var other = await CreateAsync(_host);
        var start = Now.AddDays(-2).ToUnixTimeSeconds();

        var first = await workspace.MaterializeAsync("stats", Csv(start, "1,0,1,1", "2,1,2,2", "1,1,3,3"));
        var again = await workspace.MaterializeAsync("stats", Csv(start, "1,1,3,3", "1,0,1,1", "2,1,2,2", "2,1,2,2"));
        var shifted = await other.MaterializeAsync("stats", Csv(start + 86_000, "1,0,1,1", "2,1,2,2", "1,1,3,3"));
        var different = await other.MaterializeAsync("stats", Csv(start + 90_000, "1,0,1,1", "2,1,2,2", "1,1,3,"));

        Assert.Equal((3L, 3L, 0L), (first.Rows, first.Stored, first.Duplicates));
        Assert.Equal((4L, 0L, 4L, 0L), (again.Rows, again.Stored, again.Duplicates, again.Online));
        Assert.Equal((first.Sha256, first.Sha256), (again.Sha256, shifted.Sha256));
        Assert.Matches("^[0-9a-f]{64}$", first.Sha256);
        Assert.NotEqual(first.Sha256, different.Sha256);
    }

    [Fact]
    public async Task Twenty_thousand_rows_of_the_sample_are_taken_in_with_its_own_definitions()
    {
        var workspace = new Workspace(_host);
        await workspace.ApplyAsync(await File.ReadAllTextAsync(Path.Combine(Golden.Repository, "samples/fraud/features.yaml")));
        var csv = await File.ReadAllTextAsync(Path.Combine(Golden.Repository, "samples/fraud/data/train.csv"));

        var done = await workspace.MaterializeAsync("user_history", csv, chunkBytes: 1 << 20);
        var view = await _host.Client.GetFeatureViewAsync(new() { Workspace = workspace.Name, Name = "user_history" }, FeatureStoreHost.Headers());
        var service = await _host.Client.GetFeatureServiceAsync(new() { Workspace = workspace.Name, Name = "fraud" }, FeatureStoreHost.Headers());
        var users = csv.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(',')).ToArray();

        Assert.Equal(20_000, done.Rows);
        Assert.Equal(users.Select(row => row[0]).Distinct().Count(), done.Online);
        Assert.Equal(users.Select(row => (row[0], row[1])).Distinct().Count(), done.Stored);
        Assert.Equal((120 * 86_400L, true, "user_id"), (view.TtlSeconds, view.Online, view.JoinKey));
        Assert.Equal(["days_since_last", "user_avg_amount", "txn_count_24h", "account_age_days", "failed_logins_24h"], service.Features.Select(feature => feature.Feature));
    }

    [Fact]
    public async Task What_was_stored_is_told_once()
    {
        var workspace = await CreateAsync(_host);
        var start = Now.AddDays(-2).ToUnixTimeSeconds();
        var told = new ConcurrentQueue<FeaturesMaterialized>();
        var endpoint = _host.Services.GetRequiredService<IBus>() as IReceiveConnector;
        var handle = endpoint!.ConnectReceiveEndpoint($"tests.{workspace.Name}", receive =>
        {
            receive.ConcurrentMessageLimit = 1; // in the order they come
            receive.Handler<FeaturesMaterialized>(context =>
            {
                told.Enqueue(context.Message);
                return Task.CompletedTask;
            });
        });
        await handle.Ready;

        await workspace.MaterializeAsync("stats", Csv(start, "1,0,1,1", "2,5,2,2"));
        await workspace.MaterializeAsync("stats", Csv(start, "1,0,1,1"));
        await workspace.MaterializeAsync("stats", Csv(start, "1,0,1,1", "1,9,1,1"));

        FeaturesMaterialized[] Mine() => [.. told.Where(one => one.Workspace == workspace.Name)];
        await Poll.UntilAsync("both changes are told", () => Mine().Length >= 2);
        await handle.StopAsync();
        Assert.Equal([2L, 1L], Mine().Select(one => one.Rows)); // the repeat stored nothing
        Assert.Equal((DateTimeOffset.FromUnixTimeSeconds(start), DateTimeOffset.FromUnixTimeSeconds(start + 5)), (Mine()[0].FirstEventTime, Mine()[0].LastEventTime));
    }

    [Theory]
    [InlineData("line 3, column amount: must be a number", "1,{0},1,1", "1,{1},x,1")]
    [InlineData("line 2, column amount: must be a finite number", "1,{0},NaN,1")]
    [InlineData("line 2, column amount: must be a finite number", "1,{0},1e999,1")]
    [InlineData("line 2, column visits: must be a whole number", "1,{0},1,1.5")]
    [InlineData("line 2, column visits: must be a whole number", "1,{0},1,9223372036854775808")]
    [InlineData("line 2, column user_id: must be present", ",{0},1,1")]
    [InlineData("line 2, column user_id: must be a whole number", "one,{0},1,1")]
    [InlineData("line 2, column at: must be a time", "1,yesterday,1,1")]
    [InlineData("line 2, column at: must be a time", "1,2026-01-01T00:00:00,1,1")]
    [InlineData("line 2, column at: must not be after", "1,{2},1,1")]
    [InlineData("line 2, column at: must be 1900 or later", "1,-99999999999,1,1")]
    [InlineData("line 4", "1,{0},1,1", "1,{1},1,1", "1,2,3")]
    [InlineData("line 3", "1,{0},1,1", "1,{1},1,1,5")]
    [InlineData("line 3", "1,{0},1,1", "\"1,{1},1,1")]
    [InlineData("line 4: has the entity and event time of line 2", "1,{0},1,1", "2,{0},1,1", "1,{0},1,2")]
    [InlineData("line 2: must be a row")]
    public async Task A_bad_file_is_refused_by_line_and_nothing_of_it_is_stored(string detail, params string[] lines)
    {
        var workspace = await CreateAsync(_host);
        var past = Now.AddDays(-1).ToUnixTimeSeconds();
        var csv = string.Join('\n', [.. lines.Select(line => string.Format(null, line, past, past + 1, Now.AddDays(2).ToUnixTimeSeconds()))]);

        await RefusedAsync(StatusCode.InvalidArgument, detail, () => workspace.MaterializeAsync("stats", $"user_id,at,amount,visits\n{csv}"));

        Assert.Empty(await workspace.StatsAsync());
        Assert.Equal(FeatureStatus.NotFound, (await workspace.ReadAsync(["stats:amount"], Users(1)))[0].Statuses[0]);
    }

    [Fact]
    public async Task Messages_out_of_order_and_headers_without_a_column_are_refused()
    {
        var workspace = await CreateAsync(_host);
        MaterializeRequest header = new() { Header = new() { Workspace = workspace.Name, View = "stats" } };

        await RefusedAsync(StatusCode.InvalidArgument, "header: must be the first message", () => workspace.SendAsync([new() { Chunk = Google.Protobuf.ByteString.CopyFromUtf8("a") }]));
        await RefusedAsync(StatusCode.InvalidArgument, "chunk: must be in every message", () => workspace.SendAsync([header, header]));
        await RefusedAsync(StatusCode.InvalidArgument, "chunk: may have at most", () => workspace.SendAsync([header, new() { Chunk = Google.Protobuf.ByteString.CopyFrom(new byte[(1 << 20) + 1]) }]));
        await RefusedAsync(StatusCode.InvalidArgument, "line 1, column visits: must be in the header", () => workspace.MaterializeAsync("stats", "user_id,at,amount\n1,2,3\n"));
        await RefusedAsync(StatusCode.InvalidArgument, "line 1, column at: must be in the header once", () => workspace.MaterializeAsync("stats", "user_id,at,at,amount,visits\n1,2,3,4,5\n"));
        await RefusedAsync(StatusCode.NotFound, "no feature view named nothing", () => workspace.MaterializeAsync("nothing", "a\n1\n"));
        await RefusedAsync(StatusCode.InvalidArgument, "line 2, column note: must have at most 4,096 bytes", () => workspace.MaterializeAsync("notes", $"shop_id,at,note,open\na,0,{new string('x', 4_097)},1\n"));
    }

    [Fact]
    public async Task A_line_without_end_is_refused_before_it_fills_the_memory()
    {
        var workspace = await CreateAsync(_host);

        await RefusedAsync(StatusCode.InvalidArgument, "line 2", () => workspace.MaterializeAsync("notes", $"shop_id,at,note,open\na,0,\"{new string('x', 8 << 20)}", 1 << 20));
    }

    [Fact]
    public async Task More_files_at_a_time_than_allowed_are_sent_away()
    {
        var workspace = await CreateAsync(_host);
        var calls = Enumerable.Range(0, 5).Select(_ => _host.Client.Materialize(FeatureStoreHost.Headers(), FeatureStoreHost.Deadline)).ToArray();
        await Task.WhenAll(calls.Select(call => call.RequestStream.WriteAsync(new() { Header = new() { Workspace = workspace.Name, View = "log" } })));

        var answered = await Task.WhenAny(calls.Select(call => call.ResponseAsync)); // four wait for their rows

        Assert.Equal(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(() => answered)).StatusCode);
        foreach (var call in calls)
        {
            call.Dispose();
        }

        await Poll.UntilAsync("there are places again", async _ => (await workspace.MaterializeAsync("log", $"user_id,at,what\n1,{Now.ToUnixTimeSeconds()},x\n")).Rows == 1);
    }

    private static string Csv(long start, params string[] rows)
    {
        var csv = new StringBuilder("user_id,at,amount,visits\n");
        foreach (var cells in rows.Select(row => row.Split(',')))
        {
            csv.Append(null, $"{cells[0]},{start + long.Parse(cells[1], null)},{cells[2]},{cells[3]}\n");
        }
        return csv.ToString();
    }
}
