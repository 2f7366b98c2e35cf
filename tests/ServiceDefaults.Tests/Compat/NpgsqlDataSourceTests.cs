using System.Data.Common;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using ModelOps.ServiceDefaults.Tests.Database;
using ModelOps.Testing;
using Npgsql;

namespace ModelOps.ServiceDefaults.Tests.Compat;

[Collection(nameof(PostgresCollection))]
public sealed class NpgsqlDataSourceTests(PostgresFixture postgres)
{
    [Fact]
    public async Task The_connection_string_is_found_by_name_and_the_check_has_the_packages_name()
    {
        var database = await postgres.CreateDatabaseAsync();
        using var host = Build(new() { ["ConnectionStrings:db"] = database }, builder => builder.AddNpgsqlDataSource("db"));

        await using var connection = host.Services.GetRequiredService<NpgsqlConnection>();
        await connection.OpenAsync();

        Assert.Equal(new NpgsqlConnectionStringBuilder(database).Database, connection.Database);
        Assert.Same(host.Services.GetRequiredService<NpgsqlDataSource>(), host.Services.GetRequiredService<DbDataSource>());
        var entry = Assert.Single((await CheckAsync(host)).Entries);
        Assert.Equal("PostgreSql", entry.Key);
        Assert.Equal(HealthStatus.Healthy, entry.Value.Status);
    }

    [Fact]
    public async Task Keyed_sources_live_side_by_side()
    {
        var first = await postgres.CreateDatabaseAsync();
        var second = await postgres.CreateDatabaseAsync();
        using var host = Build(
            new() { ["ConnectionStrings:a"] = first, ["ConnectionStrings:b"] = second },
            builder =>
            {
                builder.AddKeyedNpgsqlDataSource("a");
                builder.AddKeyedNpgsqlDataSource("b");
            });

        await using var connection = host.Services.GetRequiredKeyedService<NpgsqlConnection>("b");

        Assert.Equal(new NpgsqlConnectionStringBuilder(second).Database, connection.Database);
        Assert.Equal(["PostgreSql_a", "PostgreSql_b"], (await CheckAsync(host)).Entries.Keys.Order());
    }

    [Fact]
    public void Settings_come_from_the_sections_then_the_connection_string_then_the_code()
    {
        string? seen = null;
        using var host = Build(
            new()
            {
                ["Aspire:Npgsql:ConnectionString"] = "Host=general",
                ["Aspire:Npgsql:db:DisableHealthChecks"] = "true",
                ["Aspire:Npgsql:db:ConnectionString"] = "Host=named",
                ["ConnectionStrings:db"] = "Host=by-name",
            },
            builder => builder.AddNpgsqlDataSource(
                "db",
                settings =>
                {
                    seen = settings.ConnectionString;
                    settings.ConnectionString = "Host=by-code";
                },
                source => source.ConnectionStringBuilder.ApplicationName = "probe"));

        var source = host.Services.GetRequiredService<NpgsqlDataSource>();

        Assert.Equal("Host=by-name", seen);
        Assert.Equal("Host=by-code;Application Name=probe", source.ConnectionString);
        Assert.Null(host.Services.GetService<HealthCheckService>());
    }

    [Fact]
    public async Task A_dead_database_is_unhealthy()
    {
        using var host = Build(new() { ["ConnectionStrings:db"] = "Host=127.0.0.1;Port=1" }, builder => builder.AddNpgsqlDataSource("db"));

        Assert.Equal(HealthStatus.Unhealthy, (await CheckAsync(host)).Status);
    }

    [Fact]
    public void A_missing_connection_string_says_where_it_belongs()
    {
        using var host = Build([], builder => builder.AddNpgsqlDataSource("db"));

        var missing = Assert.Throws<InvalidOperationException>(() => host.Services.GetRequiredService<NpgsqlDataSource>());

        Assert.Contains("ConnectionStrings:db", missing.Message, StringComparison.Ordinal);
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
