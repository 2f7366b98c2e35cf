using System.Net;

namespace Grpc.Net.Client.Calls;

/// <summary>A request body that stays open while its call writes messages.</summary>
internal sealed class RequestStreamContent<TRequest> : HttpContent
{
    private readonly TaskCompletionSource<Stream> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Where to write, once the request is on its way.</summary>
    public Task<Stream> Opened => _opened.Task;

    /// <summary>Ends the body: no more messages.</summary>
    public void Complete() => _closed.TrySetResult();

    /// <summary>Ends the body because the call has ended.</summary>
    public void Close()
    {
        _opened.TrySetCanceled();
        _closed.TrySetCanceled();
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // The headers would otherwise wait for the first message.
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        if (!_opened.TrySetResult(stream))
        {
            // The handler tries again on another connection, but what was written is gone; or the call has ended.
            throw new IOException("A stream of requests cannot be sent a second time.");
        }
        // Not the token: it fires when the stream is reset, and a body that ended with it would hide why. The call ends this wait.
#pragma warning disable MA0040
        await _closed.Task.ConfigureAwait(false);
#pragma warning restore MA0040
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
