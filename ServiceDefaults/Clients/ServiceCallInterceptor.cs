using Grpc.Core;
using Grpc.Core.Interceptors;
using ModelOps.ServiceDefaults.Security;
using Polly;

namespace ModelOps.ServiceDefaults.Clients;

/// <summary>What every call to another service gets: credential, actor, deadline and, for unary calls, resilience.</summary>
internal sealed class ServiceCallInterceptor(
    ServiceClientOptions settings, ResiliencePipeline pipeline, ServiceCredential credential, CurrentActor actor, TimeProvider time) : Interceptor
{
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, BlockingUnaryCallContinuation<TRequest, TResponse> continuation) =>
        continuation(request, Prepare(context, settings.Deadline));

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        var prepared = Prepare(context, settings.Deadline);
        return new ResilientCall<TRequest, TResponse>(request, prepared, continuation, settings.Idempotent.Contains(context.Method.Name)).Start(pipeline);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation) =>
        continuation(request, Prepare(context, settings.StreamDeadline));

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context, AsyncClientStreamingCallContinuation<TRequest, TResponse> continuation) =>
        continuation(Prepare(context, settings.StreamDeadline));

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context, AsyncDuplexStreamingCallContinuation<TRequest, TResponse> continuation) =>
        continuation(Prepare(context, deadline: null));

    private ClientInterceptorContext<TRequest, TResponse> Prepare<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context, TimeSpan? deadline)
        where TRequest : class
        where TResponse : class
    {
        var options = context.Options.WithHeaders(credential.Stamp(context.Options.Headers, actor.Name));
        if (options.Deadline is null && deadline is { } within)
        {
            options = options.WithDeadline(time.GetUtcNow().UtcDateTime + within);
        }
        return new(context.Method, context.Host, options);
    }
}
