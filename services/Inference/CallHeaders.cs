using ModelOps.Inference.Models;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference;

/// <summary>What the Gateway decided about a request. Only holders of the service credential get this far, so it is trusted.</summary>
/// <param name="Version">Version to answer with when the request itself names none; empty: the one that takes traffic.</param>
/// <param name="PredictionId">Identity of the prediction; null: none was given.</param>
internal readonly record struct CallHeaders(string Version, string? PredictionId)
{
    public const string ModelVersion = "x-modelops-model-version";
    private const string PredictionIdHeader = "x-modelops-prediction-id";
    private const int LongestPredictionId = 128;

    public static CallHeaders Of(HttpRequest request) => new(
        request.Headers[ModelVersion].ToString(),
        request.Headers[PredictionIdHeader] is [{ Length: > 0 } id] ? id : null);

    /// <summary>Leases the model a request names, in the version it names or the Gateway chose, and says in the answer which one that is.</summary>
    public Outcome<ModelLease> Acquire(ModelCatalog catalog, string model, string version, HttpResponse response)
    {
        if (PredictionId is { Length: > LongestPredictionId })
        {
            return Refusal.Invalid(PredictionIdHeader, $"must have at most {LongestPredictionId} characters");
        }
        var found = catalog.Acquire(model, version.Length > 0 ? version : Version);
        if (found.Succeeded)
        {
            response.Headers[ModelVersion] = found.Value.Model.Version;
        }
        return found;
    }
}
