using ModelOps.Inference.Models;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Profiling;

/// <summary>Profiles on demand.</summary>
internal static class ProfileEndpoints
{
    public static void MapProfiles(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/v1/models/{model}/versions/{version}/profile", ProfileAsync);

    private static async Task<IResult> ProfileAsync(
        string model, string version, ModelCatalog catalog, Profiler profiler, CancellationToken ct, int runs = 100, int rows = 1)
    {
        var request = new ProfileRequest(runs, rows);
        if (request.Check() is { } bad)
        {
            return bad.ToResult();
        }
        var found = catalog.Acquire(model, version);
        if (found.Refusal is { } unknown)
        {
            return unknown.ToResult();
        }
        using var lease = found.Value;
        return (await profiler.ProfileAsync(lease.Model, request, ct)).ToResult(profile => Results.Bytes(profile, "application/json"));
    }
}
