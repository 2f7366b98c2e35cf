using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>An application under construction that the test can still change.</summary>
public interface IDistributedApplicationTestingBuilder : IDistributedApplicationBuilder, IAsyncDisposable, IDisposable
{
    Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default);
}

internal sealed class TestingBuilder(DistributedApplicationBuilder inner, TestingHook hook) : IDistributedApplicationTestingBuilder, IStoreOwner
{
    private DistributedApplication? _app;

    public ConfigurationManager Configuration => inner.Configuration;

    public string AppHostDirectory => inner.AppHostDirectory;

    public Assembly? AppHostAssembly => inner.AppHostAssembly;

    public IHostEnvironment Environment => inner.Environment;

    public IServiceCollection Services => inner.Services;

    public IDistributedApplicationEventing Eventing => inner.Eventing;

    public DistributedApplicationExecutionContext ExecutionContext => inner.ExecutionContext;

    public IResourceCollection Resources => inner.Resources;

    StoreLocation IStoreOwner.Files => inner.Files;

    public IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource => inner.AddResource(resource);

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource => inner.CreateResourceBuilder(resource);

    public DistributedApplication Build() => BuildAsync().GetAwaiter().GetResult();

    public async Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default)
    {
        if (hook.InProcess)
        {
            return _app = inner.Build();
        }

        return _app = await hook.BuildAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        if (_app is null)
        {
            hook.Abandon();
            hook.Ended();
        }
        else
        {
            _app.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is null)
        {
            hook.Abandon();
            await hook.EndedAsync().ConfigureAwait(false);
        }
        else
        {
            await _app.DisposeAsync().ConfigureAwait(false);
        }
    }
}
