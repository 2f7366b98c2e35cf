using Grpc.AspNetCore.Server.Binding;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>Runs the calls of one method: everything that the four kinds share.</summary>
internal abstract class CallHandler<TRequest, TResponse>(Method<TRequest, TResponse> method, MethodOptions options, ILogger logger)
    where TRequest : class
    where TResponse : class
{
    /// <summary>What Kestrel lets a request body have when nobody said otherwise.</summary>
    private const int KestrelBodyLimit = 30_000_000;

    private readonly bool _requestStreams = method.Type is MethodType.ClientStreaming or MethodType.DuplexStreaming;

    protected Method<TRequest, TResponse> Method => method;

    public Task HandleAsync(HttpContext http) => Refusal.OfRequest(http) ?? RunAsync(http);

    protected abstract ValueTask InvokeAsync(HttpContextServerCallContext call);

    protected static RpcException NothingReturned() => Failures.Of(StatusCode.Cancelled, "No message returned from method.");

    private async Task RunAsync(HttpContext http)
    {
        LiftBodyLimits(http);
        var call = new HttpContextServerCallContext(http, method, options, logger);
        try
        {
            call.Begin();
            await InvokeAsync(call);
        }
        catch (Exception e)
        {
            call.Fail(e);
        }
        await call.EndAsync();
    }

    /// <summary>A message is limited by the receive limit, a stream of them by nothing and may rest as long as it likes.</summary>
    private void LiftBodyLimits(HttpContext http)
    {
        if (_requestStreams && http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
        if ((_requestStreams || (options.MaxReceiveMessageSize ?? int.MaxValue) > KestrelBodyLimit - WireNames.FrameHeaderSize)
            && http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }
    }
}
