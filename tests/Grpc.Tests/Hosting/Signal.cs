namespace ModelOps.Grpc.Tests.Hosting;

/// <summary>Something one side waits for the other to do.</summary>
internal sealed class Signal
{
    private readonly TaskCompletionSource _set = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Set() => _set.TrySetResult();

    public Task WaitAsync() => _set.Task.WaitAsync(Expect.Patience);

    /// <summary>Set when the token fires.</summary>
    public static Signal On(CancellationToken token)
    {
        var signal = new Signal();
        token.Register(signal.Set);
        return signal;
    }
}
