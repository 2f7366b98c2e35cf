using System.Net;
using Grpc.Wire;

namespace Grpc.Net.Client.Calls;

/// <summary>A request body of one message. It can be sent again, for handlers that retry.</summary>
internal sealed class UnaryContent<TRequest, TResponse>(GrpcCall<TRequest, TResponse> call, TRequest message) : HttpContent
    where TRequest : class
    where TResponse : class
{
    private const int LargestBuffered = 32 * 1024;
    private PooledBuffer? _frame;

    /// <summary>
    /// The content to send instead: a small message as plain bytes, because the HTTP handler prepares to receive the response while it still
    /// sends for every other kind of content, and that costs more than the copy. A large one stays as it is.
    /// </summary>
    public HttpContent Buffered()
    {
        var frame = call.Serialize(message, call.WriteOptions);
        if (frame.Length > LargestBuffered)
        {
            _frame = frame;
            return this;
        }
        using (frame)
        {
            return new ByteArrayContent(frame.Memory.ToArray());
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        using var frame = Interlocked.Exchange(ref _frame, null) ?? call.Serialize(message, call.WriteOptions);
        await stream.WriteAsync(frame.Memory, cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
