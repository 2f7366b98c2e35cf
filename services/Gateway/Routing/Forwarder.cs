using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Options;
using ModelOps.Gateway.Edge;
using ModelOps.Gateway.Replicas;
using Yarp.ReverseProxy.Forwarder;

namespace ModelOps.Gateway.Routing;

/// <summary>Passes requests on, streaming both ways, and answers for far sides that do not.</summary>
internal sealed class Forwarder(IHttpForwarder yarp, Upstreams upstreams, RandomBits random, IOptions<RoutingOptions> options)
{
    private static readonly Version Http2 = HttpVersion.Version20;

    private readonly ForwarderRequestConfig _rest = Config(HttpVersion.Version11, options.Value.IdleTimeout);
    private readonly ForwarderRequestConfig _grpc = Config(Http2, options.Value.IdleTimeout);
    private readonly ForwarderRequestConfig _serviceRest = Config(HttpVersion.Version11, options.Value.ServiceIdleTimeout);
    private readonly ForwarderRequestConfig _serviceGrpc = Config(Http2, options.Value.ServiceIdleTimeout);

    /// <summary>Sends a request to one of several replicas; to a second one when the first could not even be connected to.</summary>
    public async Task<ForwarderError> ToReplicaAsync(HttpContext context, ImmutableArray<Replica> candidates, ForwardedHeaders headers)
    {
        if (ReplicaSelection.Pick(candidates, random.Next()) is not { } replica)
        {
            await EdgeError.Unavailable("no replica is connected").WriteAsync(context);
            return ForwarderError.NoAvailableDestinations;
        }

        var error = await SendAsync(context, replica, headers);
        if (NothingWasSent(context, error) && ReplicaSelection.Pick(candidates, random.Next(), except: replica) is { } other)
        {
            context.Response.Clear();
            error = await SendAsync(context, other, headers);
        }
        await ReportAsync(context, error, "the replica");
        return error;
    }

    /// <summary>Sends a request to a service behind the gateway.</summary>
    /// <param name="context">The request.</param>
    /// <param name="address">Base address of the service.</param>
    /// <param name="service">What callers read when it does not answer, for example `the Registry`.</param>
    /// <param name="headers">What travels with it.</param>
    public async Task ToServiceAsync(HttpContext context, string address, string service, ForwardedHeaders headers)
    {
        var config = Dialects.IsGrpc(context.Request.ContentType) ? _serviceGrpc : _serviceRest;
        await ReportAsync(context, await yarp.SendAsync(context, address, upstreams.Client, config, headers, context.RequestAborted), service);
    }

    private async Task<ForwarderError> SendAsync(HttpContext context, Replica replica, ForwardedHeaders headers)
    {
        var grpc = Dialects.IsGrpc(context.Request.ContentType);
        replica.Begin();
        try
        {
            return await yarp.SendAsync(context, grpc ? replica.GrpcAddress : replica.HttpAddress, upstreams.Client, grpc ? _grpc : _rest, headers, context.RequestAborted);
        }
        finally
        {
            replica.End();
        }
    }

    // Only a failure to connect is proof that nobody saw the request; every other failure may come after the model ran.
    private static bool NothingWasSent(HttpContext context, ForwarderError error) =>
        error == ForwarderError.Request && !context.Response.HasStarted
        && context.Features.Get<IForwarderErrorFeature>()?.Exception
            is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError };

    private static Task ReportAsync(HttpContext context, ForwarderError error, string farSide)
    {
        if (error == ForwarderError.None || context.Response.HasStarted || context.RequestAborted.IsCancellationRequested)
        {
            return Task.CompletedTask;
        }
        if (FindBadRequest(context.Features.Get<IForwarderErrorFeature>()?.Exception) is { } bad)
        {
            var tooLarge = bad.StatusCode == StatusCodes.Status413PayloadTooLarge;
            return (tooLarge ? EdgeError.TooLarge("body", "is larger than allowed") : EdgeError.Invalid("body", "could not be read to its end")).WriteAsync(context);
        }
        return (error switch
        {
            ForwarderError.RequestTimedOut => EdgeError.TimedOut($"{farSide} did not answer in time"),
            ForwarderError.RequestBodyClient => EdgeError.Invalid("body", "could not be read to its end"),
            ForwarderError.RequestCreation => EdgeError.Invalid("request", "cannot be passed on"),
            _ => EdgeError.Unavailable($"{farSide} cannot be reached"),
        }).WriteAsync(context);
    }

    private static BadHttpRequestException? FindBadRequest(Exception? exception) => exception switch
    {
        BadHttpRequestException bad => bad,
        AggregateException many => many.InnerExceptions.Select(FindBadRequest).FirstOrDefault(found => found is not null),
        { InnerException: { } inner } => FindBadRequest(inner),
        _ => null,
    };

    private static ForwarderRequestConfig Config(Version version, TimeSpan idleTimeout) => new()
    {
        Version = version,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        ActivityTimeout = idleTimeout,
    };
}
