using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ModelOps.Contracts.Features.V1;
using Value = ModelOps.Contracts.Features.V1.Value;

namespace ModelOps.FeatureStore.Tests.Support;

/// <summary>A workspace of its own with the definitions of the sample, and the calls of a gRPC client.</summary>
internal sealed class Workspace(FeatureStoreHost host)
{
    /// <summary>`stats` is online and about an int64 key, `notes` online for ever and about a text, `log` in the history only.</summary>
    public const string Definitions = """
        entities:
          - { name: user, join_key: user_id, type: int64 }
          - { name: shop, join_key: shop_id, type: string }
        views:
          - name: stats
            entity: user
            ttl: 30d
            online: true
            source: { type: csv, event_time: at }
            schema:
              - { name: amount, type: double }
              - { name: visits, type: int64 }
          - name: notes
            entity: shop
            online: true
            source: { type: csv, event_time: at }
            schema: [{ name: note, type: string }, { name: open, type: bool }]
          - name: log
            entity: user
            source: { type: csv, event_time: at }
            schema: [{ name: what, type: string }]
        services:
          - { name: both, features: [stats, "notes:note"] }
        """;

    private static int _last;

    public string Name { get; } = $"test-{Interlocked.Increment(ref _last)}";

    /// <summary>A moment that is now for every test of a run, without a fraction of a second.</summary>
    public static DateTimeOffset Now { get; } = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());

    public static async Task<Workspace> CreateAsync(FeatureStoreHost host)
    {
        var workspace = new Workspace(host);
        await workspace.ApplyAsync(Definitions);
        return workspace;
    }

    public async Task<IReadOnlyList<string>> ApplyAsync(string definitions) =>
        (await host.Client.ApplyDefinitionsAsync(new() { Workspace = Name, Definitions = definitions }, FeatureStoreHost.Headers(), FeatureStoreHost.Deadline)).Changes;

    public async Task<PushResponse> PushAsync(string view, params FeatureRow[] rows) =>
        await host.Client.PushAsync(new() { Workspace = Name, View = view, Rows = { rows } }, FeatureStoreHost.Headers(), FeatureStoreHost.Deadline);

    public Task<MaterializeResponse> MaterializeAsync(string view, string csv, int chunkBytes = 1_000) =>
        SendAsync([
            new() { Header = new() { Workspace = Name, View = view } },
            .. Encoding.UTF8.GetBytes(csv).Chunk(chunkBytes).Select(chunk => new MaterializeRequest { Chunk = ByteString.CopyFrom(chunk) }),
        ]);

    /// <summary>Sends messages as they are; a server that refuses early is not argued with.</summary>
    public async Task<MaterializeResponse> SendAsync(IReadOnlyList<MaterializeRequest> messages)
    {
        using var call = host.Client.Materialize(FeatureStoreHost.Headers(), FeatureStoreHost.Deadline);
        try
        {
            foreach (var message in messages)
            {
                await call.RequestStream.WriteAsync(message);
            }
            await call.RequestStream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException)
        {
            // The answer below says why the stream was closed.
        }
        return await call;
    }

    public async Task<IReadOnlyList<FeatureVector>> ReadAsync(IEnumerable<string> features, params EntityColumn[] entities) =>
        (await host.Client.GetOnlineFeaturesAsync(
            new() { Workspace = Name, Selection = new() { Features = { features } }, Entities = { entities } },
            FeatureStoreHost.Headers(), FeatureStoreHost.Deadline)).Vectors;

    /// <summary>One batch of a point-in-time join.</summary>
    public async Task<IReadOnlyList<FeatureVector>> JoinAsync(IEnumerable<string> features, HistoricalRows rows)
    {
        using var call = host.Client.GetHistoricalFeatures(FeatureStoreHost.Headers(), FeatureStoreHost.Deadline);
        await call.RequestStream.WriteAsync(new() { Selection = new() { Workspace = Name, Selection = new() { Features = { features } } } });
        await call.RequestStream.WriteAsync(new() { Rows = rows });
        await call.RequestStream.CompleteAsync();
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        var vectors = call.ResponseStream.Current.Vectors;
        Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None));
        return vectors;
    }

    public async Task<IReadOnlyList<ReadHistoryResponse>> HistoryAsync(string view, DateTimeOffset? from = null, DateTimeOffset? to = null)
    {
        using var call = host.Client.ReadHistory(
            new() { Workspace = Name, View = view, From = from?.ToTimestamp(), To = to?.ToTimestamp() }, FeatureStoreHost.Headers(), FeatureStoreHost.Deadline);
        var messages = new List<ReadHistoryResponse>();
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            messages.Add(call.ResponseStream.Current);
        }
        return messages;
    }

    /// <summary>The rows of `stats`, as text.</summary>
    public async Task<IReadOnlyList<string>> StatsAsync() =>
        [.. (await HistoryAsync("stats")).SelectMany(message => message.Rows).Select(row => $"{row.Entity.Int64Value} {row.Values[0]} {row.Values[1]}")];

    /// <summary>A row of `stats`.</summary>
    public static FeatureRow Stats(long user, DateTimeOffset at, double? amount, long? visits) => new()
    {
        Entity = new() { Int64Value = user },
        EventTime = at.ToTimestamp(),
        Values = { amount is { } number ? new Value { DoubleValue = number } : new(), visits is { } count ? new Value { Int64Value = count } : new() },
    };

    public static EntityColumn Users(params long[] users) => new() { JoinKey = "user_id", Keys = { users.Select(user => new Value { Int64Value = user }) } };

    public static EntityColumn Shops(params string[] shops) => new() { JoinKey = "shop_id", Keys = { shops.Select(shop => new Value { StringValue = shop }) } };

    /// <summary>Asserts that a call is refused.</summary>
    public static async Task RefusedAsync(StatusCode status, string detail, Func<Task> call)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal((status, true), (refusal.StatusCode, refusal.Status.Detail.Contains(detail, StringComparison.Ordinal) ? true : throw new Xunit.Sdk.XunitException(refusal.Status.Detail)));
    }
}
