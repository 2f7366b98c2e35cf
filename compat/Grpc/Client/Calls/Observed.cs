namespace Grpc.Net.Client.Calls;

/// <summary>Keeps failures that nobody may ever ask about from being reported as forgotten: the call reports them everywhere else too.</summary>
internal static class Observed
{
    public static void Quietly(Task task)
    {
        if (!task.IsCompletedSuccessfully)
        {
            _ = task.ContinueWith(
                static failed => _ = failed.Exception,
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }
}
