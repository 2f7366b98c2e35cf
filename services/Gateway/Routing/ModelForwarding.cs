using ModelOps.Gateway.Edge;

namespace ModelOps.Gateway.Routing;

/// <summary>Finds the version and the replicas of a request about a model and passes it on.</summary>
internal sealed class ModelForwarding(RoutingTableSource tables, Forwarder forwarder, UpstreamCredential credential, RoutingMetrics metrics, TimeProvider clock)
{
    /// <summary>Sends a request to a replica that is ready with the model.</summary>
    /// <param name="context">The request.</param>
    /// <param name="model">The model it names.</param>
    /// <param name="version">The version it names; empty: none.</param>
    public Task ToModelAsync(HttpContext context, string model, string version)
    {
        if (PredictionId.Of(context.Request.Headers[TrustedHeaders.PredictionId], clock.GetUtcNow()) is not { } id)
        {
            return EdgeError.Invalid(TrustedHeaders.PredictionId, PredictionId.Rule).WriteAsync(context);
        }
        if (RoutingKey.Of(context.Request.Headers[RoutingKey.Header], id) is not { } key)
        {
            return EdgeError.Invalid(RoutingKey.Header, RoutingKey.Rule).WriteAsync(context);
        }
        return tables.Current.Find(model, version, key, out var route) switch
        {
            NoRoute.UnknownModel => EdgeError.NotFound($"model '{model}' is not deployed").WriteAsync(context),
            NoRoute.UnknownVersion => EdgeError.NotFound($"version '{version}' of model '{model}' is not deployed").WriteAsync(context),
            NoRoute.NotReady => EdgeError.Unavailable($"no replica is ready with version {route.Version} of model '{model}'").WriteAsync(context),
            _ => ForwardAsync(context, route, new(id, model, route.Version.ToString())),
        };
    }

    /// <summary>Sends a request that is about no model to any replica.</summary>
    public Task ToAnyAsync(HttpContext context) => forwarder.ToReplicaAsync(context, tables.Current.Replicas, credential.For(context, prediction: null));

    private async Task ForwardAsync(HttpContext context, VersionRoute route, PredictionHeaders prediction)
    {
        var start = clock.GetTimestamp();
        var error = await forwarder.ToReplicaAsync(context, route.Ready, credential.For(context, prediction));
        metrics.Forwarded(prediction, error, clock.GetElapsedTime(start));
    }
}
