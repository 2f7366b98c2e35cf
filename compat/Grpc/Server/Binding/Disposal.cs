namespace Grpc.AspNetCore.Server.Binding;

/// <summary>Ends what was made for one call.</summary>
internal static class Disposal
{
    public static bool IsDue(object instance) => instance is IAsyncDisposable or IDisposable;

    /// <summary>The task, with the instance disposed of after it.</summary>
    public static async Task AfterAsync(Task task, object instance)
    {
        try
        {
            await task;
        }
        finally
        {
            await ReleaseAsync(instance, created: true);
        }
    }

    /// <inheritdoc cref="AfterAsync(Task, object)"/>
    public static async Task<T> AfterAsync<T>(Task<T> task, object instance)
    {
        try
        {
            return await task;
        }
        finally
        {
            await ReleaseAsync(instance, created: true);
        }
    }

    public static ValueTask ReleaseAsync(object instance, bool created)
    {
        switch (instance)
        {
            case IAsyncDisposable disposable when created:
                return disposable.DisposeAsync();
            case IDisposable disposable when created:
                disposable.Dispose();
                break;
        }
        return ValueTask.CompletedTask;
    }
}
