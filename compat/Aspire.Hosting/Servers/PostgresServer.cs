using System.Net;
using Aspire.Hosting.Processes;
using Npgsql;

namespace Aspire.Hosting.Servers;

/// <summary>PostgreSQL, as Debian installs it. It refuses to run as root, so it then runs as the user postgres.</summary>
internal sealed class PostgresServer(ServerOptions options) : NativeServer(options)
{
    private const string Cluster = "data";
    private const string Unfinished = "data.new";
    private const string Stamp = "modelops.credentials";
    private const string Owner = "postgres";
    private const string MaintenanceDatabase = "postgres";

    private static readonly TimeSpan CheckLimit = TimeSpan.FromSeconds(3);

    private static string? User => Environment.IsPrivilegedProcess ? Owner : null;

    public override string? Missing =>
        PostgresBinaries.Folders(Options).Count > 0 ? null : "PostgreSQL (postgres, initdb) is missing: install the Debian package postgresql";

    public override async Task<IReadOnlyList<ProcessSpec>> PrepareAsync(CancellationToken ct)
    {
        if (Missing is { } missing)
        {
            throw new CannotStartException(missing);
        }
        CheckCredentials();
        var folder = await DataFolder.OpenAsync(Options, User, ct);
        await folder.WaitUntilUnusedAsync(ct);
        CheckPort();

        var data = folder.At(Cluster);
        var binaries = await PostgresBinaries.ForAsync(Options, DataVersion(folder, data), data, ct);
        if (!Directory.Exists(data))
        {
            await CreateClusterAsync(folder, binaries, ct);
        }
        RemoveStalePid(data);
        await folder.WriteAsync($"{Cluster}/postgresql.conf", PostgresFiles.Configuration(Options), ct);
        await folder.WriteAsync($"{Cluster}/pg_hba.conf", PostgresFiles.HostBasedAccess, ct);
        await RenewPasswordAsync(folder, binaries, ct);

        return
        [
            new()
            {
                Name = Options.Name,
                FileName = binaries.Postgres,
                Arguments = ["-D", data],
                WorkingDirectory = data,
                User = User,
                StopSignal = Signals.Interrupt, // fast shutdown: open transactions are rolled back, clients are told
                UrgentSignal = Signals.Quit,    // immediate shutdown: as after a crash, the log is replayed at the next start
                OwnFolder = data,
                LockFile = folder.LockFile,
            },
        ];
    }

    public override async Task<string?> CheckAsync(CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(CheckLimit);
        try
        {
            await using var connection = await ConnectAsync(limit.Token);
            await using var command = new NpgsqlCommand("SELECT 1", connection);
            await command.ExecuteScalarAsync(limit.Token);
            return null;
        }
        catch (PostgresException e)
        {
            return e.MessageText;
        }
        catch (NpgsqlException e)
        {
            return e.InnerException?.Message ?? e.Message;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return $"no answer within {CheckLimit.TotalSeconds:0} s";
        }
    }

    public override async Task CreateDatabaseAsync(string name, CancellationToken ct)
    {
        await using var connection = await ConnectAsync(ct);
        await using var exists = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection) { Parameters = { new() { Value = name } } };
        if (await exists.ExecuteScalarAsync(ct) is not null)
        {
            return;
        }
        try
        {
            await using var create = new NpgsqlCommand($"CREATE DATABASE {PostgresFiles.Identifier(name)}", connection);
            await create.ExecuteNonQueryAsync(ct);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            return; // another one was quicker
        }
    }

    private async Task<NpgsqlConnection> ConnectAsync(CancellationToken ct)
    {
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = IPAddress.Loopback.ToString(),
            Port = Options.Port,
            Username = Options.UserName,
            Password = Options.Password,
            Database = MaintenanceDatabase,
            Pooling = false,
            Timeout = (int)CheckLimit.TotalSeconds,
        };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        try
        {
            await connection.OpenAsync(ct);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task CreateClusterAsync(DataFolder folder, PostgresBinaries binaries, CancellationToken ct)
    {
        var unfinished = folder.At(Unfinished);
        if (Directory.Exists(unfinished))
        {
            Log.ClusterAgain(Options.Logger);
            Directory.Delete(unfinished, recursive: true);
        }
        Log.CreatingCluster(Options.Logger, folder.At(Cluster));

        const string passwordFile = "password";
        await folder.WriteAsync(passwordFile, Options.Password + "\n", ct);
        try
        {
            IReadOnlyList<string> arguments =
            [
                $"--pgdata={unfinished}", $"--username={Options.UserName}", $"--pwfile={folder.At(passwordFile)}", "--auth=scram-sha-256",
                "--encoding=UTF8", "--locale=C", "--data-checksums", "--no-instructions", .. Options.Durable ? Array.Empty<string>() : ["--no-sync"],
            ];
            await RunAsync(folder, binaries.InitDb, arguments, ct);
        }
        finally
        {
            File.Delete(folder.At(passwordFile));
        }
        await folder.WriteAsync($"{Unfinished}/{Stamp}", CredentialStamp.Make(Options.UserName, Options.Password), ct);
        Directory.Move(unfinished, folder.At(Cluster)); // there is a cluster only when it is whole
    }

    /// <summary>Gives the cluster the configured user and password if they are not those it has, so that lost secrets do not cost the data.</summary>
    private async Task RenewPasswordAsync(DataFolder folder, PostgresBinaries binaries, CancellationToken ct)
    {
        var stamp = folder.At($"{Cluster}/{Stamp}");
        if (File.Exists(stamp) && CredentialStamp.Matches(await File.ReadAllTextAsync(stamp, ct), Options.UserName, Options.Password))
        {
            return;
        }
        Log.PasswordChanged(Options.Logger);
        const string script = "password.sql";
        await folder.WriteAsync(script, PostgresFiles.SetPassword(Options.UserName, Options.Password), ct);
        try
        {
            await RunAsync(
                folder,
                "sh",
                ["-c", "exec \"$1\" --single -D \"$2\" postgres < \"$3\"", "sh", binaries.Postgres, folder.At(Cluster), folder.At(script)],
                ct);
        }
        finally
        {
            File.Delete(folder.At(script));
        }
        await folder.WriteAsync($"{Cluster}/{Stamp}", CredentialStamp.Make(Options.UserName, Options.Password), ct);
    }

    private async Task RunAsync(DataFolder folder, string program, IReadOnlyList<string> arguments, CancellationToken ct)
    {
        var spec = new ProcessSpec
        {
            Name = Options.Name,
            FileName = program,
            Arguments = arguments,
            WorkingDirectory = folder.Path,
            User = User,
            LockFile = folder.LockFile,
        };
        var result = await Tool.RunAsync(Options, spec, ct);
        if (result.ExitCode != 0 || result.Lines.Any(line => line.Contains("FATAL:", StringComparison.Ordinal) || line.Contains("ERROR:", StringComparison.Ordinal)))
        {
            throw new CannotStartException($"{Path.GetFileName(program)}: {result.Reason}");
        }
    }

    private static int? DataVersion(DataFolder folder, string data)
    {
        var file = Path.Combine(data, "PG_VERSION");
        if (!Directory.Exists(data))
        {
            return null;
        }
        if (!File.Exists(file) || !int.TryParse(File.ReadAllText(file), out var major))
        {
            throw new CannotStartException($"{folder.At(Cluster)} holds no PostgreSQL data: move the folder away");
        }
        return major;
    }

    /// <summary>PostgreSQL refuses to start when the process id in its old lock file has since been given to anything that runs as the same user.</summary>
    private static void RemoveStalePid(string data)
    {
        var file = Path.Combine(data, "postmaster.pid");
        if (!File.Exists(file))
        {
            return;
        }
        var pid = File.ReadLines(file).FirstOrDefault()?.Trim();
        if (WorkingFolder(pid) == data)
        {
            throw new CannotStartException($"process {pid} serves {data} already: stop it first");
        }
        File.Delete(file);
    }

    private static string? WorkingFolder(string? pid)
    {
        try
        {
            return string.IsNullOrEmpty(pid) ? null : Directory.ResolveLinkTarget($"/proc/{pid}/cwd", returnFinalTarget: false)?.FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // there is no such process, or it is another user's
        }
    }
}
