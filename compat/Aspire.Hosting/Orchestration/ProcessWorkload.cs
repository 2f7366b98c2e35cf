using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes;
using Aspire.Hosting.Projects;

namespace Aspire.Hosting.Orchestration;

/// <summary>A project's or program's process.</summary>
internal sealed class ProcessWorkload(IResource resource, string id, int replica, OrchestrationServices services, ProcessSupervisor supervisor) : IWorkload
{
    private const int MaxPortTries = 30;
    private static readonly TimeSpan PortInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(15);

    // A program without endpoints is a job; one with endpoints, or a project that failed, is a service.
    public bool RestartsAfter(int exitCode) => exitCode != 0
        && !resource.HasAnnotationOfType<RunsToCompletionAnnotation>()
        && (resource is ProjectResource || resource.HasAnnotationOfType<EndpointAnnotation>());

    public async Task<IRunning> StartAsync(Action<OutputLine> onOutput, CancellationToken ct)
    {
        ReplicaScope.Enter(replica);
        var environment = await ResourceValues.EnvironmentAsync(resource, services, ct).ConfigureAwait(false);
        var arguments = await ResourceValues.ArgumentsAsync(resource, services, ct).ConfigureAwait(false);
        await CheckPortsAsync(ct).ConfigureAwait(false);
        var spec = resource switch
        {
            ProjectResource => Project(arguments, environment),
            ExecutableResource program => new ProcessSpec
            {
                Name = id,
                FileName = program.Command,
                Arguments = arguments,
                Environment = environment,
                WorkingDirectory = program.WorkingDirectory,
                StopTimeout = StopTimeout,
            },
            _ => throw new CannotStartException($"{resource.GetType().Name} is nothing that runs"),
        };
        return await RunningProcesses.StartAsync(supervisor, [spec], onOutput, ct).ConfigureAwait(false);
    }

    private ProcessSpec Project(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var path = resource.Annotations.OfType<IProjectMetadata>().First().ProjectPath;
        return new()
        {
            Name = id,
            FileName = ProjectOutput.Dotnet(),
            Arguments = ["exec", ProjectOutput.Find(path), .. arguments],
            Environment = environment,
            WorkingDirectory = Path.GetDirectoryName(path)!,
            StopTimeout = StopTimeout,
        };
    }

    /// <summary>The ports may still be closing after a crash, so they get a moment.</summary>
    private async Task CheckPortsAsync(CancellationToken ct)
    {
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
        {
            var port = ReplicaScope.ProcessPort(endpoint);
            for (var tries = 1; !Ports.IsFree(port); tries++)
            {
                if (tries == MaxPortTries)
                {
                    throw new CannotStartException($"{Ports.Taken(port)}; the endpoint '{endpoint.Name}' needs it");
                }

                await Task.Delay(PortInterval, services.Clock, ct).ConfigureAwait(false);
            }
        }
    }
}
