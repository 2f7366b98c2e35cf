using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOps.ServiceDefaults.Database;
using ModelOps.ServiceDefaults.Hosting;
using ModelOps.ServiceDefaults.Tests.Hosting;
using ModelOps.Testing;
using Npgsql;

namespace ModelOps.ServiceDefaults.Tests.Database;

[Collection(nameof(PostgresCollection))]
public sealed class MigrationTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly Migration First = new(1, "0001_a.sql", "create table a (x integer);\ninsert into a values (1);");
    private static readonly Migration Second = new(2, "0002_b.sql", "insert into a values (2);");
    private string _database = "";
    private NpgsqlDataSource _source = null!;

    public async Task InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        _source = NpgsqlDataSource.Create(_database);
    }

    public Task DisposeAsync() => _source.DisposeAsync().AsTask();

    [Fact]
    public async Task The_files_of_the_assembly_are_applied_before_the_service_listens()
    {
        await using var host = await StartAsync();

        Assert.Equal(["first@home"], await QueryAsync<string>("select name from things"));
        Assert.Equal(["0001_things.sql", "0002_first_thing.sql"], await QueryAsync<string>("select name from schema_migrations order by number"));
    }

    [Fact]
    public async Task A_second_start_applies_nothing()
    {
        await using (await StartAsync())
        {
        }

        await using var again = await StartAsync();

        Assert.Equal(1, (await QueryAsync<long>("select count(*) from things")).Single());
        Assert.DoesNotContain(again.Log.Records, record => record.Event == "MigrationApplied");
    }

    [Fact]
    public async Task Replicas_that_start_together_apply_every_file_once()
    {
        var replicas = Enumerable.Range(0, 6).Select(_ => Migrator().ApplyAsync([First, Second], CancellationToken.None));

        await Task.WhenAll(replicas);

        Assert.Equal([1, 2], await QueryAsync<int>("select x from a order by x"));
    }

    [Fact]
    public async Task A_file_edited_after_it_was_applied_is_refused()
    {
        await Migrator().ApplyAsync([First], CancellationToken.None);
        var edited = new Migration(First.Number, First.Name, "create table a (x bigint);");

        var refused = await Assert.ThrowsAsync<StartupException>(() => Migrator().ApplyAsync([edited], CancellationToken.None));

        Assert.StartsWith("migration 0001_a.sql was changed after it was applied", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_line_ends_are_no_edit()
    {
        await Migrator().ApplyAsync([First], CancellationToken.None);
        var windows = new Migration(First.Number, First.Name, First.Sql.ReplaceLineEndings("\r\n"));

        await Migrator().ApplyAsync([windows, Second], CancellationToken.None);

        Assert.Equal([1, 2], await QueryAsync<int>("select x from a order by x"));
    }

    [Fact]
    public async Task A_file_that_fails_leaves_nothing_and_says_why()
    {
        var broken = new Migration(2, "0002_b.sql", "insert into a values (2);\ninsert into missing values (1);");

        var refused = await Assert.ThrowsAsync<StartupException>(() => Migrator().ApplyAsync([First, broken], CancellationToken.None));

        Assert.Equal("migration 0002_b.sql failed: relation \"missing\" does not exist (42P01)", refused.Message);
        Assert.Equal([1], await QueryAsync<int>("select x from a"));
        Assert.Equal([1], await QueryAsync<int>("select number from schema_migrations"));
    }

    [Fact]
    public async Task A_database_ahead_of_the_program_is_used_with_a_warning()
    {
        await using (await StartAsync())
        {
        }
        await QueryAsync<int>("insert into schema_migrations (number, name, checksum) values (3, '0003_later.sql', 'x') returning number");

        await using var older = await StartAsync();

        Assert.Contains(older.Log.Records, record => record.Event == "DatabaseIsNewer");
    }

    [Fact]
    public async Task A_database_that_is_made_later_is_waited_for()
    {
        var late = new NpgsqlConnectionStringBuilder(_database) { Database = "late_" + Guid.NewGuid().ToString("N") };

        var starting = StartAsync(late.ConnectionString);
        await QueryAsync<int>($"create database {late.Database}");
        await using var host = await starting;

        await using var source = NpgsqlDataSource.Create(late.ConnectionString);
        await using var connection = await source.OpenConnectionAsync();
        Assert.Equal(2, await connection.ExecuteScalarAsync<long>("select count(*) from schema_migrations"));
    }

    [Fact]
    public async Task A_database_that_never_answers_is_one_clear_line()
    {
        var nowhere = new NpgsqlConnectionStringBuilder(_database) { Host = "127.0.0.1", Port = 1 };

        var refused = await Assert.ThrowsAsync<StartupException>(() => StartAsync(nowhere.ConnectionString, wait: "00:00:00.300"));

        Assert.StartsWith("database testdb cannot be used: ", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(new NpgsqlConnectionStringBuilder(_database).Password!, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_connection_string_is_one_clear_line()
    {
        var refused = await Assert.ThrowsAsync<StartupException>(() => StartAsync(connectionString: ""));

        Assert.Contains("ConnectionStrings:testdb", refused.Message, StringComparison.Ordinal);
    }

    private Migrator Migrator() => new(_source, TimeSpan.FromSeconds(30), NullLogger.Instance);

    private async Task<IEnumerable<T>> QueryAsync<T>(string sql)
    {
        await using var connection = await _source.OpenConnectionAsync();
        return await connection.QueryAsync<T>(sql);
    }

    private Task<TestHost> StartAsync(string? connectionString = null, string wait = "00:00:20") => TestHost.StartAsync(
        builder =>
        {
            builder.AddNpgsqlDataSource("testdb");
            builder.AddMigrations<MigrationTests>("testdb");
        },
        settings: new()
        {
            ["ConnectionStrings:testdb"] = connectionString ?? _database,
            ["Migrations:WaitForDatabase"] = wait,
        });
}
