using Aspire.Hosting.Processes;
using Aspire.Hosting.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOps.Aspire.Tests.Processes;

namespace ModelOps.Aspire.Tests.Servers;

/// <summary>What a server needs around it: a supervisor, a folder and a port, all gone at the end of the test.</summary>
internal sealed class ServerHost : IAsyncDisposable
{
    private ServerHost(ProcessSupervisor supervisor) => Supervisor = supervisor;

    public ProcessSupervisor Supervisor { get; }

    public ScratchFolder Folder { get; } = new();

    public int Port { get; } = Ports.TakeFree();

    public static async Task<ServerHost> StartAsync() =>
        new(await ProcessSupervisor.StartAsync(TimeProvider.System, NullLoggerFactory.Instance, default));

    public static ServerOptions Options(string name, string folder, int port, ProcessSupervisor supervisor) => new()
    {
        Name = name,
        DataRoot = Path.Combine(folder, ".modelops"),
        Port = port,
        UserName = name,
        Password = "p%:{\"'s3cret#\\",
        Supervisor = supervisor,
        Durable = false,
    };

    public ServerOptions Options(string name) => Options(name, Folder.Path, Port, Supervisor);

    public async ValueTask DisposeAsync()
    {
        await Supervisor.DisposeAsync();
        Folder.Dispose();
    }
}
