using ModelOps.Contracts.OpenInference;
using ModelOps.Inference.DesiredState;
using ModelOps.Inference.Models;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.OpenInference;

/// <summary>
/// The protocol's repository calls. What a replica holds is decided by deployments; here it can be looked at, and a model can be
/// taken out of service and back on this replica alone.
/// </summary>
internal sealed class RepositoryHandler(ModelHost host)
{
    private const string UnloadDependents = "unload_dependents";

    public Outcome<RepositoryIndexResponse> Index(string repository, bool readyOnly)
    {
        if (repository.Length > 0)
        {
            return NoRepository();
        }
        var response = new RepositoryIndexResponse();
        response.Models.AddRange(host.Index()
            .Where(entry => !readyOnly || entry.Status?.State == LoadStage.Ready)
            .OrderBy(entry => entry.Key.Model, StringComparer.Ordinal).ThenBy(entry => entry.Key.Version)
            .Select(Describe));
        return response;
    }

    /// <summary>Loads a model and waits until every version of it is ready or has failed.</summary>
    /// <param name="request">Which model.</param>
    /// <param name="ct">Ends the wait, not the load.</param>
    public async Task<Outcome<RepositoryModelLoadResponse>> LoadAsync(RepositoryModelLoadRequest request, CancellationToken ct)
    {
        var (model, refusal) = ModelOf(request.RepositoryName, request.ModelName);
        if (refusal is not null)
        {
            return refusal;
        }
        if (request.Parameters.Keys.Order(StringComparer.Ordinal).FirstOrDefault() is { } parameter)
        {
            return Refusal.Invalid(
                $"parameters.{parameter}", $"failed to load '{model}': a version is served as it was registered; register a version with another serving configuration instead");
        }
        return (await host.LoadAsync(new ModelName(ModelName.DefaultWorkspace, model), ct)) is { } failed ? failed : new RepositoryModelLoadResponse();
    }

    public Outcome<RepositoryModelUnloadResponse> Unload(RepositoryModelUnloadRequest request)
    {
        var (model, refusal) = ModelOf(request.RepositoryName, request.ModelName);
        if (refusal is not null)
        {
            return refusal;
        }
        foreach (var (name, value) in request.Parameters)
        {
            if (name != UnloadDependents || value.ParameterChoiceCase != ModelRepositoryParameter.ParameterChoiceOneofCase.BoolParam)
            {
                return Refusal.Invalid($"parameters.{name}", $"is unknown; there is {UnloadDependents}, a boolean");
            }
        }
        return host.Unload(new ModelName(ModelName.DefaultWorkspace, model)) is { } unknown ? unknown : new RepositoryModelUnloadResponse();
    }

    /// <summary>KServe's contract has the model's name where Triton's has the repository's, on the same call.</summary>
    private static (string Model, Refusal? Refusal) ModelOf(string repository, string model) => (repository.Length, model.Length) switch
    {
        (0, 0) => ("", Refusal.Invalid("model_name", "must not be empty")),
        (0, _) => (model, null),
        (_, 0) => (repository, null),
        _ => ("", NoRepository()),
    };

    private static RepositoryIndexResponse.Types.ModelIndex Describe((VersionKey Key, VersionStatus? Status) entry) => new()
    {
        Name = entry.Key.Model,
        Version = entry.Key.Version.ToString(),
        State = entry.Status?.State switch
        {
            LoadStage.Ready => "READY",
            LoadStage.Loading => "LOADING",
            _ => "UNAVAILABLE",
        },
        Reason = entry.Status?.Reason ?? "unloaded",
    };

    private static Refusal NoRepository() => Refusal.Invalid("repository_name", "must be empty: there is one repository, the registry");
}
