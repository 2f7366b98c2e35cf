using Grpc.Core;
using Grpc.Core.Interceptors;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace ModelOps.ServiceDefaults.Clients;

/// <summary>One unary call as its caller sees it, made of one or more tries.</summary>
internal sealed class ResilientCall<TRequest, TResponse>(
    TRequest request,
    ClientInterceptorContext<TRequest, TResponse> context,
    Interceptor.AsyncUnaryCallContinuation<TRequest, TResponse> continuation,
    bool idempotent) : IDisposable
    where TRequest : class
    where TResponse : class
{
    // Not linked to the caller's token, which may live as long as the process: the registration ends with the call.
    private readonly CancellationTokenSource _ended = new();
    private AsyncUnaryCall<TResponse>? _try;
    private RpcException? _failure;

    public AsyncUnaryCall<TResponse> Start(ResiliencePipeline pipeline)
    {
        var response = RunAsync(pipeline);
        return new(response, HeadersAsync(response), GetStatus, GetTrailers, Dispose);
    }

    public void Dispose()
    {
        _ended.Cancel();
        _try?.Dispose();
    }

    private async Task<TResponse> RunAsync(ResiliencePipeline pipeline)
    {
        await using var callerLeft = context.Options.CancellationToken.UnsafeRegister(static call => ((CancellationTokenSource)call!).Cancel(), _ended);
        var scope = ResilienceContextPool.Shared.Get(_ended.Token);
        scope.Properties.Set(ServiceCallPipelines.Idempotent, idempotent);
        try
        {
            return await pipeline.ExecuteAsync(static (scope, call) => call.TryAsync(scope.CancellationToken), scope, this);
        }
        catch (Exception exception) when ((_failure = Translate(exception)) is not null)
        {
            throw _failure;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(scope);
        }
    }

    private async ValueTask<TResponse> TryAsync(CancellationToken ct)
    {
        _try = continuation(request, new(context.Method, context.Host, context.Options.WithCancellationToken(ct)));
        try
        {
            return await _try.ResponseAsync;
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Cancelled && ct.IsCancellationRequested)
        {
            // The timeout of one try shows as cancellation; the pipeline knows it only as this exception.
            throw new OperationCanceledException(exception.Message, exception, ct);
        }
    }

    /// <summary>What the pipeline adds to the ways a call can fail, in the caller's terms; null for what already is.</summary>
    private RpcException? Translate(Exception exception) => exception switch
    {
        BrokenCircuitException => new(new Status(
            StatusCode.Unavailable, $"{context.Method.ServiceName} does not answer; calls are held back for a while", exception)),
        TimeoutRejectedException => new(new Status(StatusCode.DeadlineExceeded, $"{context.Method.FullName} gave no answer in time", exception)),
        OperationCanceledException => new(new Status(StatusCode.Cancelled, "the call was cancelled by its caller", exception)),
        _ => null,
    };

    private async Task<Metadata> HeadersAsync(Task<TResponse> response)
    {
        await ((Task)response).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _try is { } last
            ? await last.ResponseHeadersAsync
            : throw _failure ?? new RpcException(new Status(StatusCode.Unavailable, "the call was not made"));
    }

    private Status GetStatus() => _failure?.Status ?? Last().GetStatus();

    private Metadata GetTrailers() => _failure?.Trailers ?? Last().GetTrailers();

    private AsyncUnaryCall<TResponse> Last() => _try ?? throw new InvalidOperationException("the call has not ended");
}
