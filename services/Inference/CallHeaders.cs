using ModelOps.Inference.Models;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference;

/// <summary>What the Gateway decided about a request. Only holders of the service credential get this far, so it is trusted.</summary>
/// <param name="Model">The model that the version was chosen of; empty: none was.</param>
/// <param name="Version">Version to answer with when the request itself names none; empty: the one that takes traffic.</param>
/// <param name="PredictionId">Identity of the prediction; null: none was given.</param>
internal readonly record struct CallHeaders(string Model, string Version, string? PredictionId)
{
    public const string ModelVersion = "x-modelops-model-version";
    private const string ModelHeader = "x-modelops-model";
    private const string PredictionIdHeader = "x-modelops-prediction-id";
    private const int LongestPredictionId = 128;

    public static CallHeaders Of(HttpRequest request) => new(
        request.Headers[ModelHeader].ToString(),
        request.Headers[ModelVersion].ToString(),
        request.Headers[PredictionIdHeader] is [{ Length: > 0 } id] ? id : null);

    /// <summary>What holds for one of a stream's requests: a version was chosen for the first one's model only, and each is a prediction of its own.</summary>
    public CallHeaders OfRequest(string model, long index) => this with
    {
        Version = Model.Length == 0 || Model == model ? Version : "",
        PredictionId = PredictionId is { } id ? $"{id}.{index}" : null,
    };

    /// <summary>Leases the model a request names, in the version it names or the Gateway chose, and says in the answer which one that is.</summary>
    /// <param name="catalog">The models.</param>
    /// <param name="model">The model that is named.</param>
    /// <param name="version">The version that is named; empty: none.</param>
    /// <param name="response">The answer; null where its headers are gone already.</param>
    public Outcome<ModelLease> Acquire(ModelCatalog catalog, string model, string version, HttpResponse? response)
    {
        if (PredictionId is { Length: > LongestPredictionId })
        {
            return Refusal.Invalid(PredictionIdHeader, $"must have at most {LongestPredictionId} characters");
        }
        var found = catalog.Acquire(model, version.Length > 0 ? version : Version);
        if (found.Succeeded && response is not null)
        {
            Name(found.Value.Model, response);
        }
        return found;
    }

    /// <summary>Says in the answer which version it is of.</summary>
    public static void Name(LoadedModel model, HttpResponse response) => response.Headers[ModelVersion] = model.Version;
}
