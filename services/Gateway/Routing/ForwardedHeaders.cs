using System.Net.Http.Headers;
using Yarp.ReverseProxy.Forwarder;

namespace ModelOps.Gateway.Routing;

/// <summary>Names of the headers that services trust when they come with the service credential.</summary>
internal static class TrustedHeaders
{
    /// <summary>What all of them begin with; no caller's own gets past the gateway.</summary>
    public const string Prefix = "x-modelops-";

    /// <summary>Who is behind the call.</summary>
    public const string Actor = "x-modelops-actor";

    /// <summary>Identity of the prediction, the caller's or made here.</summary>
    public const string PredictionId = "x-modelops-prediction-id";

    /// <summary>The model that was routed to.</summary>
    public const string Model = "x-modelops-model";

    /// <summary>The version that was chosen.</summary>
    public const string ModelVersion = "x-modelops-model-version";
}

/// <summary>What travels with a prediction.</summary>
internal sealed record PredictionHeaders(string Id, string Model, string Version);

/// <summary>Takes the caller's credentials off a request and puts the service's and the gateway's decisions on.</summary>
internal sealed class ForwardedHeaders(string serviceKey, string actor, PredictionHeaders? prediction) : HttpTransformer
{
    private static readonly string[] Credentials = ["Authorization", "X-API-Key", "Cookie"];

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        Strip(httpContext.Request.Headers);
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);

        proxyRequest.Headers.Host = null; // the destination's own
        proxyRequest.Headers.Authorization = new AuthenticationHeaderValue("Bearer", serviceKey);
        proxyRequest.Headers.TryAddWithoutValidation(TrustedHeaders.Actor, actor);
        if (prediction is not null)
        {
            proxyRequest.Headers.TryAddWithoutValidation(TrustedHeaders.PredictionId, prediction.Id);
            proxyRequest.Headers.TryAddWithoutValidation(TrustedHeaders.Model, prediction.Model);
            proxyRequest.Headers.TryAddWithoutValidation(TrustedHeaders.ModelVersion, prediction.Version);
        }
    }

    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        var copyBody = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        if (proxyResponse is not null && prediction is not null)
        {
            httpContext.Response.Headers[TrustedHeaders.PredictionId] = prediction.Id;
            httpContext.Response.Headers.TryAdd(TrustedHeaders.ModelVersion, prediction.Version); // the replica knows better, if it says
        }
        return copyBody;
    }

    private static void Strip(IHeaderDictionary headers)
    {
        foreach (var name in Credentials)
        {
            headers.Remove(name);
        }
        List<string>? trusted = null;
        foreach (var (name, _) in headers)
        {
            if (name.StartsWith(TrustedHeaders.Prefix, StringComparison.OrdinalIgnoreCase))
            {
                (trusted ??= []).Add(name);
            }
        }
        trusted?.ForEach(name => headers.Remove(name));
    }
}
