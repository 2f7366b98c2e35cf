using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Grpc.Net.Client.Calls;

/// <summary>A request body that stays open while its call writes messages.</summary>
[SuppressMessage("Usage", "CA2213", Justification = "A late write still asks whether the call has ended; without a timer the source holds nothing.")]
internal sealed class RequestStreamContent<TRequest> : HttpContent
{
    private readonly TaskCompletionSource<Stream> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ended = new();

    /// <summary>Where to write, once the request is on its way.</summary>
    public Task<Stream> Opened => _opened.Task;

    /// <summary>
    /// Fires when the call has ended, also well: a server may answer before it has read everything, and does not open the flow-control
    /// window for what it will not read. A write that waits for the window then would wait for ever.
    /// </summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Ends the body: no more messages.</summary>
    public void Complete() => _closed.TrySetResult();

    /// <summary>Ends the body because the call has ended.</summary>
    public void Close()
    {
        _ended.Cancel();
        _opened.TrySetCanceled(_ended.Token);
        _closed.TrySetCanceled(_ended.Token);
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
