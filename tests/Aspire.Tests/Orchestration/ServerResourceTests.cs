using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Npgsql;
using RabbitMQ.Client;

namespace ModelOps.Aspire.Tests.Orchestration;

public sealed class ServerResourceTests
{
    [Fact]
    public async Task A_database_is_created_and_reached_by_its_connection_string()
    {
        await using var app = await TestApplication.StartAsync(builder => builder.AddPostgres("postgres").AddDatabase("shop"));

        var ready = await app.HealthyAsync("shop");
        var connectionString = await app.App.GetConnectionStringAsync("shop");

        Assert.Equal(KnownResourceStates.Running, ready.Snapshot.State?.Text);
        Assert.Matches("^Host=localhost;Port=[0-9]+;Username=postgres;Password=.{22};Database=shop$", connectionString);
        Assert.Equal("shop", await AskAsync(connectionString!, "SELECT current_database()"));
    }

    [Fact]
    public async Task A_killed_server_comes_back_with_its_data()
    {
        await using var app = await TestApplication.StartAsync(builder => builder.AddPostgres("postgres").AddDatabase("shop"));
        await app.HealthyAsync("shop");
        var connectionString = (await app.App.GetConnectionStringAsync("shop"))!;
        await AskAsync(connectionString, "CREATE TABLE kept AS SELECT 42 AS answer");
        var before = await app.HealthyAsync("postgres");

        using (var process = System.Diagnostics.Process.GetProcessById((int)before.Snapshot.Properties.Single(property => property.Name == "pid").Value!))
        {
            process.Kill();
        }

        await app.ReachesAsync("postgres", "Restarting");
        await app.HealthyAsync("postgres");
        Assert.Equal(42, await AskAsync(connectionString, "SELECT answer FROM kept"));
    }

    [Fact]
    public async Task A_configured_connection_string_takes_the_place_of_a_server_of_our_own()
    {
        await using var provider = await TestApplication.StartAsync(builder => builder.AddPostgres("postgres"));
        await provider.HealthyAsync("postgres");
        var elsewhere = (await provider.App.GetConnectionStringAsync("postgres"))!;

        await using var app = await TestApplication.StartAsync(builder =>
        {
            builder.Configuration["ConnectionStrings:pg"] = elsewhere;
            builder.AddPostgres("pg").AddDatabase("orders");
        });

        await app.HealthyAsync("orders");
        Assert.Equal($"{elsewhere};Database=orders", await app.App.GetConnectionStringAsync("orders"));
        Assert.Equal("orders", await AskAsync($"{elsewhere};Database=orders", "SELECT current_database()"));
    }

    [Fact]
    public async Task Redis_asks_for_the_generated_password()
    {
        await using var app = await TestApplication.StartAsync(builder => builder.AddRedis("features").WithPersistence());
        await app.HealthyAsync("features");
        var connectionString = (await app.App.GetConnectionStringAsync("features"))!;
        var port = int.Parse(connectionString.Split(',')[0].Split(':')[1]);
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync("localhost", port);
        await using var stream = client.GetStream();
        await using var writer = new StreamWriter(stream) { AutoFlush = true, NewLine = "\r\n" };
        using var reader = new StreamReader(stream);

        await writer.WriteLineAsync("PING");
        var refused = await reader.ReadLineAsync();
        await writer.WriteLineAsync($"AUTH {connectionString.Split("password=")[1]}");
        var accepted = await reader.ReadLineAsync();

        Assert.StartsWith("-NOAUTH", refused, StringComparison.Ordinal);
        Assert.Equal("+OK", accepted);
    }

    [Fact]
    public async Task RabbitMQ_takes_connections_and_serves_its_page()
    {
        await using var app = await TestApplication.StartAsync(builder => builder.AddRabbitMQ("bus").WithManagementPlugin());
        await app.HealthyAsync("bus");
        var connectionString = (await app.App.GetConnectionStringAsync("bus"))!;

        await using var connection = await new ConnectionFactory { Uri = new(connectionString) }.CreateConnectionAsync(CancellationToken.None);
        using var page = app.App.CreateHttpClient("bus", "management");

        Assert.Matches("^amqp://guest:[A-Za-z0-9]{22}@localhost:[0-9]+$", connectionString);
        Assert.True(connection.IsOpen);
        Assert.Contains("RabbitMQ", await page.GetStringAsync("/", CancellationToken.None), StringComparison.Ordinal);
    }

    private static async Task<object?> AskAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var question = source.CreateCommand(sql);
        return await question.ExecuteScalarAsync();
    }
}
