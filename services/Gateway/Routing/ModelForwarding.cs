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
        var table = tables.Current;
        switch (table.Find(model, version, out var route))
        {
            case NoRoute.UnknownModel:
                return EdgeError.NotFound($"model '{model}' is not deployed").WriteAsync(context);
            case NoRoute.UnknownVersion:
                return EdgeError.NotFound($"version '{version}' of model '{model}' is not deployed").WriteAsync(context);
            case NoRoute.NotReady:
                return EdgeError.Unavailable($"no replica is ready with version {route.Version} of model '{model}'").WriteAsync(context);
        }

        if (PredictionId.Of(context.Request.Headers[TrustedHeaders.PredictionId], clock.GetUtcNow()) is not { } id)
        {
            return EdgeError.Invalid(TrustedHeaders.PredictionId, PredictionId.Rule).WriteAsync(context);
        }
        return ForwardAsync(context, route, new(id, model, route.Version.ToString()));
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
