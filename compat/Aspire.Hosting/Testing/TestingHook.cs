using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>
/// Lets a test stand between an application's program and its builder: the program runs in a flow of its own, stops where
/// it builds until the test has had its turn, and stops where it runs until the test has ended the application.
/// </summary>
internal sealed class TestingHook(
    Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configure,
    Action<DistributedApplicationBuilder> constructed)
{
    private static readonly AsyncLocal<TestingHook?> InFlow = new();

    private readonly TaskCompletionSource<DistributedApplicationBuilder> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _build = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<DistributedApplication> _built = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DistributedApplicationBuilder? _builder;

    public static TestingHook? Current => InFlow.Value;

    /// <summary>The test is the program itself: nothing waits for anything.</summary>
    public bool InProcess { get; init; }

    /// <summary>What to clean up when the application has ended.</summary>
    public Func<Task> CleanUp { get; init; } = static () => Task.CompletedTask;

    /// <summary>The application, put together by its program and not built yet.</summary>
    public Task<DistributedApplicationBuilder> Ready => _ready.Task;

    /// <summary>Makes builders constructed in this flow from now on use the hook.</summary>
    public void Install() => InFlow.Value = this;

    public static void Uninstall() => InFlow.Value = null;

    public void Constructing(DistributedApplicationOptions options, HostApplicationBuilderSettings settings) => configure(options, settings);

    public void Constructed(DistributedApplicationBuilder builder)
    {
        _builder = builder;
        constructed(builder);
    }

    /// <summary>Called by the program's thread where it builds.</summary>
    public void Building()
    {
        if (!InProcess)
        {
            _ready.TrySetResult(_builder!);
            _build.Task.GetAwaiter().GetResult();
        }
    }

    public void Built(DistributedApplication app) => _built.TrySetResult(app);

    /// <summary>Lets the program build and hands its application over.</summary>
    public Task<DistributedApplication> BuildAsync(CancellationToken ct)
    {
        _build.TrySetResult();
        return _built.Task.WaitAsync(ct);
    }

    /// <summary>Called by the program's thread where it runs.</summary>
    public Task RunAsync(CancellationToken ct) => _ended.Task.WaitAsync(ct);

    /// <summary>The program ended before it built an application.</summary>
    public void Failed(Exception reason)
    {
        _ready.TrySetException(reason);
        _built.TrySetException(reason);
    }

    /// <summary>The program is not to be built after all.</summary>
    public void Abandon() => _build.TrySetException(new OperationCanceledException("The test ended before it built the application."));

    public void Ended() => EndedAsync().GetAwaiter().GetResult();

    public Task EndedAsync() => _ended.TrySetResult() ? CleanUp() : Task.CompletedTask;
}
