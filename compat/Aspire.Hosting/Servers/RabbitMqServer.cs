using System.Globalization;
using System.Net;
using Aspire.Hosting.Processes;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Aspire.Hosting.Servers;

/// <summary>RabbitMQ, as Debian installs it, with everything that it would otherwise share with the machine's own broker kept apart.</summary>
internal sealed class RabbitMqServer(ServerOptions options) : NativeServer(options)
{
    // Not /usr/sbin: the wrapper there changes to the user rabbitmq and drops the environment.
    private const string DebianFolder = "/usr/lib/rabbitmq/bin";
    private const string Epmd = "epmd";

    private static readonly TimeSpan CheckLimit = TimeSpan.FromSeconds(5);

    private string Script => Path.Combine(Options.BinaryFolder ?? DebianFolder, "rabbitmq-server");

    public override string? Missing =>
        Executables.Find(Script) is null || Executables.Find(Epmd) is null
            ? "rabbitmq-server is missing: install the Debian package rabbitmq-server"
            : null;

    public override async Task<IReadOnlyList<ProcessSpec>> PrepareAsync(CancellationToken ct)
    {
        if (Missing is { } missing)
        {
            throw new CannotStartException(missing);
        }
        CheckCredentials();
        var folder = await DataFolder.OpenAsync(Options, user: null, ct);
        await folder.WaitUntilUnusedAsync(ct);
        CheckPort();
        await WriteFilesAsync(folder, ct);

        var environment = Environment(folder);
        return
        [
            // A broker that finds no epmd starts one as a daemon, which would outlive everything.
            new()
            {
                Name = $"{Options.Name}-epmd",
                FileName = Epmd,
                Arguments = ["-port", environment["ERL_EPMD_PORT"], "-address", environment["ERL_EPMD_ADDRESS"], "-relaxed_command_check"],
                WorkingDirectory = folder.Path,
            },
            new()
            {
                Name = Options.Name,
                FileName = Script,
                Environment = environment,
                WorkingDirectory = folder.Path,
                OwnFolder = folder.Path,
                LockFile = folder.LockFile,
                StopTimeout = TimeSpan.FromSeconds(20),
            },
        ];
    }

    public override async Task<string?> CheckAsync(CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(CheckLimit);
        var factory = new ConnectionFactory
        {
            HostName = IPAddress.Loopback.ToString(),
            Port = Options.Port,
            UserName = Options.UserName,
            Password = Options.Password,
            AutomaticRecoveryEnabled = false,
            RequestedConnectionTimeout = CheckLimit,
            HandshakeContinuationTimeout = CheckLimit,
            ContinuationTimeout = CheckLimit,
        };
        try
        {
            await using var connection = await factory.CreateConnectionAsync("health", limit.Token);
            await connection.CloseAsync(limit.Token);
            return null;
        }
        catch (BrokerUnreachableException e)
        {
            return e.InnerException?.Message ?? e.Message;
        }
        catch (RabbitMQClientException e)
        {
            return e.Message;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return $"no answer within {CheckLimit.TotalSeconds:0} s";
        }
    }

    private async Task WriteFilesAsync(DataFolder folder, CancellationToken ct)
    {
        await folder.WriteAsync("rabbitmq.conf", RabbitMqFiles.Configuration(Options, folder.At("definitions.json")), ct);
        await folder.WriteAsync("definitions.json", RabbitMqFiles.Definitions(Options.UserName, Options.Password), ct);
        await folder.WriteAsync("enabled_plugins", Options.ManagementPort is null ? "[].\n" : "[rabbitmq_management].\n", ct);
        await folder.WriteAsync("advanced.config", "[].\n", ct);
        await folder.WriteAsync("rabbitmq-env.conf", "", ct);
    }

    private static Dictionary<string, string> Environment(DataFolder folder) => new()
    {
        ["HOME"] = folder.Path, // of the cookie
        ["RABBITMQ_NODENAME"] = RabbitMqFiles.NodeName,
        ["RABBITMQ_CONF_ENV_FILE"] = folder.At("rabbitmq-env.conf"),
        ["RABBITMQ_CONFIG_FILE"] = folder.At("rabbitmq.conf"),
        ["RABBITMQ_CONFIG_FILES"] = folder.At("conf.d/*.conf"),
        ["RABBITMQ_ADVANCED_CONFIG_FILE"] = folder.At("advanced.config"),
        ["RABBITMQ_ENABLED_PLUGINS_FILE"] = folder.At("enabled_plugins"),
        ["RABBITMQ_MNESIA_BASE"] = folder.At("mnesia"),
        ["RABBITMQ_MNESIA_DIR"] = folder.At("mnesia/node"),
        ["RABBITMQ_LOG_BASE"] = folder.At("log"),
        ["RABBITMQ_LOGS"] = "-",
        ["RABBITMQ_DIST_PORT"] = Ports.TakeFree().ToString(CultureInfo.InvariantCulture),
        ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1}",
        ["RUNNING_UNDER_SYSTEMD"] = "true", // the script becomes the broker instead of waiting for it
        ["ERL_EPMD_ADDRESS"] = IPAddress.Loopback.ToString(),
        ["ERL_EPMD_PORT"] = Ports.TakeFree().ToString(CultureInfo.InvariantCulture),
        ["ERL_CRASH_DUMP_BYTES"] = "0",
    };
}
