using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes;
using Aspire.Hosting.Servers;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Orchestration;

/// <summary>Starts every resource of the application, keeps it running, and stops it all in reverse order.</summary>
internal sealed class Orchestrator(OrchestrationServices services) : IHostedService, IAsyncDisposable
{
    private readonly Dictionary<IResource, List<ResourceRunner>> _runners = [];
    private readonly List<TcpProxy> _proxies = [];
    private ProcessSupervisor? _supervisor;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var resources = services.Model.Resources;
        await services.Eventing.PublishAsync(new BeforeStartEvent(services.Services, services.Model), cancellationToken).ConfigureAwait(false);
        DependencyGraph.CheckNoCycle(resources);
        Directory.CreateDirectory(services.Store.DataRoot);
        _supervisor = await ProcessSupervisor.StartAsync(services.Clock, services.LoggerFactory, cancellationToken).ConfigureAwait(false);
        CheckInstalled(resources);

        var failures = AllocateEndpoints(resources);
        foreach (var resource in resources)
        {
            await AnnounceAsync(resource, cancellationToken).ConfigureAwait(false);
        }

        foreach (var runner in resources.SelectMany(CreateRunners).ToArray())
        {
            await BeginAsync(runner, failures.GetValueOrDefault(runner.Resource), cancellationToken).ConfigureAwait(false);
        }

        await services.Eventing.PublishAsync(new AfterResourcesCreatedEvent(services.Services, services.Model), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whoever needs something stops before it does; what is independent stops at the same time.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var stopped = new Dictionary<IResource, Task>();
        await Task.WhenAll(_runners.Keys.ToArray().Select(resource => StopAfterDependentsAsync(resource, stopped, cancellationToken))).ConfigureAwait(false);
        await ReleaseAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        var remaining = _runners.Values.SelectMany(runners => runners).ToArray();
        _runners.Clear();
        foreach (var runner in remaining)
        {
            await runner.DisposeAsync().ConfigureAwait(false);
        }

        await ReleaseAsync().ConfigureAwait(false);
    }

    /// <summary>Starts, stops or restarts a resource: all of its replicas by the resource's name, one by its own.</summary>
    public async Task<ExecuteCommandResult> ExecuteAsync(string resourceId, string command, CancellationToken ct)
    {
        var chosen = _runners.Values.SelectMany(runners => runners)
            .Where(runner => runner.Id.Equals(resourceId, StringComparison.OrdinalIgnoreCase)
                || runner.Resource.Name.Equals(resourceId, StringComparison.OrdinalIgnoreCase))
            .ToArray();
        if (chosen.Length == 0)
        {
            return new() { Success = false, ErrorMessage = $"Resource '{resourceId}' not found." };
        }

        if (command != KnownResourceCommands.StartCommand && command != KnownResourceCommands.StopCommand && command != KnownResourceCommands.RestartCommand)
        {
            return new() { Success = false, ErrorMessage = $"Command '{command}' not available for resource '{resourceId}'." };
        }

        if (command != KnownResourceCommands.StartCommand)
        {
            await Task.WhenAll(chosen.Select(runner => runner.StopAsync(ct))).ConfigureAwait(false);
        }

        if (command != KnownResourceCommands.StopCommand)
        {
            await Task.WhenAll(chosen.Select(runner => runner.StartAsync(ct))).ConfigureAwait(false);
        }

        return new() { Success = true };
    }

    /// <summary>Everything that is missing on this machine is said at once, before anything starts.</summary>
    private void CheckInstalled(IEnumerable<IResource> resources)
    {
        var missing = resources.SelectMany(resource => resource.Annotations.OfType<NativeServerAnnotation>()
                .Select(native => native.Missing(Unconfigured(resource))))
            .Where(line => line is not null)
            .ToArray();
        if (missing.Length > 0)
        {
            throw new DistributedApplicationException(string.Join(Environment.NewLine, missing));
        }
    }

    private ServerOptions Unconfigured(IResource resource) => new()
    {
        Name = resource.Name,
        DataRoot = services.Store.DataRoot,
        Port = 0,
        UserName = "",
        Password = "",
        Supervisor = _supervisor!,
    };

    private Dictionary<IResource, string> AllocateEndpoints(IEnumerable<IResource> resources)
    {
        var failures = new Dictionary<IResource, string>();
        var allocation = new EndpointAllocation(services.Configuration);
        foreach (var resource in resources)
        {
            foreach (var endpoint in allocation.Allocate(resource))
            {
                try
                {
                    _proxies.Add(TcpProxy.Start(
                        resource.Name, endpoint.AllocatedEndpoint!.Port, endpoint.ProcessPorts, services.Loggers.GetLogger(resource)));
                }
                catch (CannotStartException e)
                {
                    failures[resource] = e.Message;
                }
            }
        }

        return failures;
    }

    private async Task AnnounceAsync(IResource resource, CancellationToken ct)
    {
        if (resource.HasAnnotationOfType<EndpointAnnotation>())
        {
            await services.Eventing.PublishAsync(new ResourceEndpointsAllocatedEvent(resource, services.Services), ct).ConfigureAwait(false);
        }

        if (resource is IResourceWithConnectionString)
        {
            await services.Eventing.PublishAsync(new ConnectionStringAvailableEvent(resource, services.Services), ct).ConfigureAwait(false);
        }
    }

    private IEnumerable<ResourceRunner> CreateRunners(IResource resource)
    {
        if (resource.HasAnnotationOfType<ResourceSnapshotAnnotation>())
        {
            return []; // somebody else publishes its state
        }

        var ids = Instances.Ids(resource);
        return _runners[resource] = [.. ids.Select((id, replica) => new ResourceRunner(resource, id, replica, Workload(resource, id, replica), services))];
    }

    private IWorkload Workload(IResource resource, string id, int replica) =>
        resource.TryGetLastAnnotation<NativeServerAnnotation>(out var native) ? new ServerWorkload(resource, native, services, _supervisor!)
        : resource is ProjectResource or ExecutableResource ? new ProcessWorkload(resource, id, replica, services, _supervisor!)
        : new PassiveWorkload(resource, services);

    private static async Task BeginAsync(ResourceRunner runner, string? failure, CancellationToken ct)
    {
        if (failure is not null)
        {
            await runner.FailAsync(failure).ConfigureAwait(false);
        }
        else if (runner.Resource.HasAnnotationOfType<ExplicitStartupAnnotation>())
        {
            await runner.PublishStateAsync(KnownResourceStates.NotStarted).ConfigureAwait(false);
        }
        else
        {
            await runner.StartAsync(ct).ConfigureAwait(false);
        }
    }

    private Task StopAfterDependentsAsync(IResource resource, Dictionary<IResource, Task> stopped, CancellationToken ct)
    {
        lock (stopped)
        {
            if (!stopped.TryGetValue(resource, out var stopping))
            {
                var dependents = _runners.Keys.Where(other => DependencyGraph.Needs(other).Contains(resource))
                    .Select(other => StopAfterDependentsAsync(other, stopped, ct)).ToArray();
                stopping = StopAsync(resource, dependents, ct);
                stopped[resource] = stopping;
            }

            return stopping;
        }
    }

    private async Task StopAsync(IResource resource, Task[] dependents, CancellationToken ct)
    {
        await Task.WhenAll(dependents).ConfigureAwait(false);
        await Task.WhenAll(_runners[resource].Select(runner => runner.StopAsync(ct))).ConfigureAwait(false);
    }

    private async Task ReleaseAsync()
    {
        foreach (var proxy in _proxies)
        {
            await proxy.DisposeAsync().ConfigureAwait(false);
        }

        _proxies.Clear();
        if (_supervisor is { } supervisor)
        {
            _supervisor = null;
            await supervisor.DisposeAsync().ConfigureAwait(false);
        }
    }
}
