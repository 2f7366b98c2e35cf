using Grpc.Core;

namespace Grpc.Net.Client.Calls;

/// <summary>The messages a server streams.</summary>
internal sealed class ResponseStreamReader<TRequest, TResponse> : IAsyncStreamReader<TResponse>
    where TRequest : class
    where TResponse : class
{
    private readonly GrpcCall<TRequest, TResponse> _call;
    private readonly Task<StreamFrameReader?> _response;
    private int _reading;
    private bool _atEnd;

    public ResponseStreamReader(GrpcCall<TRequest, TResponse> call, Task<StreamFrameReader?> response)
    {
        _call = call;
        _response = response;
        Observed.Quietly(response);
    }

    public TResponse Current { get; private set; } = null!;

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (_atEnd)
        {
            return false;
        }
        if (Interlocked.Exchange(ref _reading, 1) == 1)
        {
            throw new InvalidOperationException("Can't read the next message because the previous read is in progress.");
        }
        // Half a message cannot be put back, so cancelling a read cancels the call.
        var cancelled = cancellationToken.UnsafeRegister(
            static state => ((GrpcCall)state!).Cancel("Call canceled by the client."), _call);
        StreamFrameReader? reader = null;
        try
        {
            reader = await _response.ConfigureAwait(false);
            var message = await _call.ReadNextAsync(reader).ConfigureAwait(false);
            Current = message!;
            _atEnd = message is null;
            if (_atEnd)
            {
                reader?.Dispose();
            }
            return !_atEnd;
        }
        catch (Exception e)
        {
            reader?.Dispose();
            throw _call.Failed(e);
        }
        finally
        {
            cancelled.Unregister();
            Volatile.Write(ref _reading, 0);
        }
    }
}
