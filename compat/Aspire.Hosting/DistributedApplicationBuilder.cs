using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Orchestration;
using Aspire.Hosting.Terminal;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

/// <inheritdoc cref="IDistributedApplicationBuilder"/>
public class DistributedApplicationBuilder : IDistributedApplicationBuilder, IStoreOwner
{
    private const string ProjectDirectoryMetadata = "apphostprojectpath";
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(60);

    private readonly HostApplicationBuilder _host;
    private readonly DistributedApplicationOptions _options;
    private readonly TestingHook? _hook;
    private IServiceProvider? _services;

    public DistributedApplicationBuilder(string[] args)
        : this(new DistributedApplicationOptions { Args = args })
    {
    }

    public DistributedApplicationBuilder(DistributedApplicationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _hook = TestingHook.Current;
        _options = options;
        var settings = new HostApplicationBuilderSettings { Args = options.Args };
        _hook?.Constructing(options, settings);

        AppHostAssembly = options.Assembly;
        AppHostDirectory = ProjectDirectory(AppHostAssembly) ?? Directory.GetCurrentDirectory();
        settings.ContentRootPath ??= AppHostDirectory;
        _host = Host.CreateApplicationBuilder(settings);
        Files = StoreLocation.Open(_host.Configuration, AppHostDirectory);
        ExecutionContext = new(new DistributedApplicationExecutionContextOptions(DistributedApplicationOperation.Run)) { Provider = () => _services };
        AddServices();
        _hook?.Constructed(this);
    }

    public ConfigurationManager Configuration => _host.Configuration;

    public string AppHostDirectory { get; }

    public Assembly? AppHostAssembly { get; }

    public IHostEnvironment Environment => _host.Environment;

    public IServiceCollection Services => _host.Services;

    public IDistributedApplicationEventing Eventing { get; } = new DistributedApplicationEventing();

    public DistributedApplicationExecutionContext ExecutionContext { get; }

    public IResourceCollection Resources { get; } = new ResourceCollection([]);

    /// <summary>Where this application keeps what it must not forget.</summary>
    internal StoreLocation Files { get; }

    StoreLocation IStoreOwner.Files => Files;

    public IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(resource);
        if (Resources.FirstOrDefault(other => other.Name.Equals(resource.Name, StringComparison.OrdinalIgnoreCase)) is { } existing)
        {
            throw new DistributedApplicationException(
                $"Cannot add resource of type '{resource.GetType()}' with name '{resource.Name}' because resource of type '{existing.GetType()}' with that name already exists.");
        }

        Resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(resource);
        return new ResourceBuilder<T>(this, resource);
    }

    public DistributedApplication Build()
    {
        _hook?.Building();
        var app = new DistributedApplication(_host.Build(), _hook);
        _services = app.Services;
        _hook?.Built(app);
        return app;
    }

    private static string? ProjectDirectory(Assembly? assembly) => assembly?
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(metadata => metadata.Key.Equals(ProjectDirectoryMetadata, StringComparison.OrdinalIgnoreCase))?.Value is { } folder
        && Directory.Exists(folder) ? folder : null;

    private void AddServices()
    {
        Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        Services.AddHealthChecks();
        Services.AddSingleton(TimeProvider.System);
        Services.AddSingleton(_options);
        Services.AddSingleton(ExecutionContext);
        Services.AddSingleton(Eventing);
        Services.AddSingleton(Files);
        Services.AddSingleton(_ => new DistributedApplicationModel(Resources));
        Services.AddSingleton<ResourceLoggerService>();
        Services.AddSingleton<ResourceNotificationService>();
        Services.AddSingleton<OrchestrationServices>();
        Services.AddSingleton<Orchestrator>();
        Services.AddSingleton(services => new ResourceCommandService(services.GetRequiredService<Orchestrator>()));
        Services.Configure<ResourceNotificationServiceOptions>(waits => waits.DefaultWaitBehavior =
            _hook is null ? WaitBehavior.WaitOnResourceUnavailable : WaitBehavior.StopOnResourceUnavailable);

        Services.AddHostedService<LogFiles>();
        AddOutput();
        Services.AddHostedService(services => services.GetRequiredService<Orchestrator>());
    }

    private void AddOutput()
    {
        _host.Logging.ClearProviders();
        _host.Logging.AddFilter("Microsoft", LogLevel.Warning);
        _host.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        if (_hook is null)
        {
            Services.AddSingleton<ConsoleOutput>();
            Services.AddSingleton<ILoggerProvider, ConsoleLoggerProvider>();
            Services.AddHostedService<ConsoleReporter>();
        }

        if (!_options.DisableDashboard)
        {
            Services.AddSingleton<SecretValues>();
            Services.AddSingleton<DashboardModel>();
            Services.AddHostedService<DashboardServer>();
        }
    }
}
