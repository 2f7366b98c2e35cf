using Grpc.Core;

namespace Grpc.Net.Client.Calls;

/// <summary>The messages a client streams.</summary>
internal sealed class RequestStreamWriter<TRequest, TResponse>(GrpcCall<TRequest, TResponse> call, RequestStreamContent<TRequest> content)
    : IClientStreamWriter<TRequest>
    where TRequest : class
    where TResponse : class
{
    private int _writing;
    private bool _completed;

    public WriteOptions? WriteOptions { get; set; } = call.WriteOptions;

    public Task WriteAsync(TRequest message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(TRequest message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (_completed)
        {
            throw new InvalidOperationException("Can't write the message because the client stream writer is complete.");
        }
        if (call.HasEnded)
        {
            throw call.CannotWrite();
        }
        if (Interlocked.Exchange(ref _writing, 1) == 1)
        {
            throw new InvalidOperationException("Can't write the message because the previous write is in progress.");
        }
        // A message half sent cannot be taken back, so cancelling a write cancels the call.
        var cancelled = cancellationToken.UnsafeRegister(
            static state => ((GrpcCall)state!).Cancel("Call canceled by the client."), call);
        try
        {
            var stream = await content.Opened.WaitAsync(content.Ended).ConfigureAwait(false);
            using var frame = call.Serialize(message, WriteOptions);
            await stream.WriteAsync(frame.Memory, content.Ended).ConfigureAwait(false);
            if (WriteOptions?.Flags.HasFlag(WriteFlags.BufferHint) is not true)
            {
                await stream.FlushAsync(content.Ended).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            throw await call.WriteFailedAsync(e).ConfigureAwait(false);
        }
        finally
        {
            cancelled.Unregister();
            Volatile.Write(ref _writing, 0);
        }
    }

    public Task CompleteAsync()
    {
        if (Volatile.Read(ref _writing) == 1)
        {
            throw new InvalidOperationException("Can't complete the client stream writer because the previous write is in progress.");
        }
        _completed = true;
        content.Complete();
        return Task.CompletedTask;
    }
}
