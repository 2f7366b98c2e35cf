using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using ModelOps.Redis.Tests.Servers;
using ModelOps.Testing;
using StackExchange.Redis;

namespace ModelOps.Redis.Tests.Aspire;

[Collection(nameof(RedisCollection))]
public sealed class AspireRedisTests(RedisFixture redis)
{
    [Fact]
    public async Task The_connection_string_is_found_by_name_and_the_check_has_the_packages_name()
    {
        using var host = Build(new() { ["ConnectionStrings:features"] = redis.ConnectionString }, builder => builder.AddRedisClient("features"));
        var connection = host.Services.GetRequiredService<IConnectionMultiplexer>();

        Assert.True(await connection.GetDatabase().StringSetAsync("aspire", "yes"));

        Assert.Same(connection, host.Services.GetRequiredService<IConnectionMultiplexer>());
        var entry = Assert.Single((await CheckAsync(host)).Entries);
        Assert.Equal("StackExchange.Redis", entry.Key);
        Assert.Equal(HealthStatus.Healthy, entry.Value.Status);
    }

    [Fact]
    public async Task An_application_starts_without_redis_is_unhealthy_and_recovers()
    {
        await using var server = new OwnRedis();
        using var host = Build(
            new() { ["ConnectionStrings:features"] = server.Address },
            builder => builder.AddRedisClient(
                "features", settings => settings.DisableAutoActivation = false, options => options.ReconnectRetryPolicy = new LinearRetry(50)));

        await host.StartAsync();
        Assert.Equal(HealthStatus.Unhealthy, (await CheckAsync(host)).Status);
        server.Start();

        await Poll.UntilAsync("healthy", async _ => (await CheckAsync(host)).Status == HealthStatus.Healthy);
        await host.StopAsync();
    }

    [Fact]
    public async Task Keyed_connections_live_side_by_side()
    {
        using var host = Build(
            new() { ["ConnectionStrings:a"] = redis.ConnectionString, ["ConnectionStrings:b"] = redis.ConnectionString },
            builder =>
            {
                builder.AddKeyedRedisClient("a");
                builder.AddKeyedRedisClient("b", configureOptions: options => options.ClientName = "second");
            });

        Assert.Equal("second", host.Services.GetRequiredKeyedService<IConnectionMultiplexer>("b").ClientName);
        Assert.NotSame(host.Services.GetRequiredKeyedService<IConnectionMultiplexer>("a"), host.Services.GetRequiredKeyedService<IConnectionMultiplexer>("b"));
        Assert.Equal(["StackExchange.Redis_a", "StackExchange.Redis_b"], (await CheckAsync(host)).Entries.Keys.Order());
    }

    [Fact]
    public void Settings_come_from_the_sections_then_the_connection_string_then_the_code()
    {
        string? seen = null;
        using var host = Build(
            new()
            {
                ["Aspire:StackExchange:Redis:ConnectionString"] = "general",
                ["Aspire:StackExchange:Redis:ConfigurationOptions:ConnectTimeout"] = "700",
                ["Aspire:StackExchange:Redis:features:DisableHealthChecks"] = "true",
                ["Aspire:StackExchange:Redis:features:ConfigurationOptions:ClientName"] = "from-section",
                ["ConnectionStrings:features"] = redis.ConnectionString,
            },
            builder => builder.AddRedisClient("features", settings => seen = settings.ConnectionString, options => options.DefaultDatabase = 7));

        var connection = host.Services.GetRequiredService<IConnectionMultiplexer>();

        Assert.Equal(redis.ConnectionString, seen);
        Assert.Equal("from-section", connection.ClientName);
        Assert.Equal(7, connection.GetDatabase().Database);
        Assert.Contains("connectTimeout=700", connection.Configuration, StringComparison.Ordinal);
        Assert.Null(host.Services.GetService<HealthCheckService>());
    }

    [Fact]
    public void A_missing_connection_string_says_where_it_belongs()
    {
        using var host = Build([], builder => builder.AddRedisClient("features"));

        var missing = Assert.Throws<InvalidOperationException>(() => host.Services.GetRequiredService<IConnectionMultiplexer>());

        Assert.Contains("ConnectionStrings:features", missing.Message, StringComparison.Ordinal);
    }

    private static Task<HealthReport> CheckAsync(IHost host) => host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(CancellationToken.None);

    private static IHost Build(Dictionary<string, string?> settings, Action<IHostApplicationBuilder> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings);
        configure(builder);
        return builder.Build();
    }
}
