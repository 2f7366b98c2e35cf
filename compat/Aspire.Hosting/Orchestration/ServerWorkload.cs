using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes;
using Aspire.Hosting.Servers;

namespace Aspire.Hosting.Orchestration;

/// <summary>A server this machine has installed.</summary>
internal sealed class ServerWorkload(IResource resource, NativeServerAnnotation native, OrchestrationServices services, ProcessSupervisor supervisor) : IWorkload
{
    // A server has no reason to end, whatever its exit code says.
    public bool RestartsAfter(int exitCode) => true;

    public async Task<IRunning> StartAsync(Action<OutputLine> onOutput, CancellationToken ct)
    {
        var server = native.Server ?? native.Create(await OptionsAsync(ct).ConfigureAwait(false));
        var specs = await server.PrepareAsync(ct).ConfigureAwait(false);
        var added = await ResourceValues.EnvironmentAsync(resource, services, ct).ConfigureAwait(false);
        return await RunningProcesses.StartAsync(supervisor, [.. specs.Select(spec => With(spec, added))], onOutput, ct).ConfigureAwait(false);
    }

    private static ProcessSpec With(ProcessSpec spec, IReadOnlyDictionary<string, string> added)
    {
        var environment = new Dictionary<string, string>(spec.Environment);
        foreach (var (name, value) in added)
        {
            environment[name] = value;
        }

        return spec with { Environment = environment };
    }

    private async Task<ServerOptions> OptionsAsync(CancellationToken ct) => new()
    {
        Name = resource.Name,
        DataRoot = services.Store.DataRoot,
        Port = ReplicaScope.ProcessPort(native.Endpoint),
        UserName = await native.UserName(ct).ConfigureAwait(false) ?? "",
        Password = await native.Password(ct).ConfigureAwait(false) ?? "",
        Supervisor = supervisor,
        Durable = services.Store.Durable,
        ManagementPort = native.Management is { } management ? ReplicaScope.ProcessPort(management) : null,
        Clock = services.Clock,
        Logger = services.Loggers.GetLogger(resource),
    };
}
