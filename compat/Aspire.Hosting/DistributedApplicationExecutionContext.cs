namespace Aspire.Hosting;

/// <summary>What the application model is used for.</summary>
public class DistributedApplicationExecutionContext
{
    private readonly IServiceProvider? _services;

    public DistributedApplicationExecutionContext(DistributedApplicationOperation operation)
        : this(new DistributedApplicationExecutionContextOptions(operation))
    {
    }

    public DistributedApplicationExecutionContext(DistributedApplicationExecutionContextOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Operation = options.Operation;
        _services = options.ServiceProvider;
    }

    public DistributedApplicationOperation Operation { get; }

    /// <summary>The application's services, once it is built.</summary>
    public IServiceProvider ServiceProvider => Provider?.Invoke() ?? _services ?? throw new InvalidOperationException(
        "IServiceProvider is not available because the application is not built yet.");

    public bool IsPublishMode => Operation == DistributedApplicationOperation.Publish;

    public bool IsRunMode => Operation == DistributedApplicationOperation.Run;

    internal Func<IServiceProvider?>? Provider { get; init; }
}

/// <summary>What an execution context is made of.</summary>
public class DistributedApplicationExecutionContextOptions(DistributedApplicationOperation operation)
{
    public DistributedApplicationOperation Operation { get; } = operation;

    public IServiceProvider? ServiceProvider { get; set; }
}

/// <summary>Running the application, or writing down how to deploy it.</summary>
public enum DistributedApplicationOperation
{
    Run = 0,
    Publish = 1,
}
