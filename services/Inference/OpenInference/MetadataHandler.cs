using System.Text.Json;
using Microsoft.Extensions.Options;
using ModelOps.Contracts.OpenInference;
using ModelOps.Inference.Models;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.OpenInference;

/// <summary>Answers the protocol's questions about the server and its models.</summary>
internal sealed class MetadataHandler(ModelCatalog catalog, IOptions<ProtocolOptions> options)
{
    public const string Platform = "onnxruntime_onnx";
    public const string Backend = "onnxruntime";

    /// <summary>Extensions of the protocol, by the names that Triton gave them.</summary>
    private static readonly string[] Extensions =
    [
        "binary_tensor_data", "classification", "model_configuration", "model_repository", "model_repository(unload_dependents)", "parameters", "schedule_policy", "statistics",
    ];

    private static readonly string ProductVersion = typeof(MetadataHandler).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <summary>True when everything the replica was told to hold is ready.</summary>
    public bool IsReady => catalog.Now.IsComplete;

    public ServerMetadataResponse Server { get; } = new() { Name = options.Value.ServerName, Version = ProductVersion, Extensions = { Extensions } };

    /// <summary>Names of the models that can take requests.</summary>
    public string[] ReadyModels => [.. catalog.Now.Models.Where(model => model.Value.Primary is not null).Select(model => model.Key.Model).Order(StringComparer.Ordinal)];

    /// <summary>Whether a version can take requests; of a model nobody knows, it cannot.</summary>
    public Outcome<bool> IsModelReady(string model, string version)
    {
        var found = catalog.Acquire(model, version);
        if (found.Refusal is { } refusal)
        {
            return refusal.Kind == RefusalKind.Invalid ? refusal : false;
        }
        using var lease = found.Value;
        return lease.Model.Breaker.Outage is null;
    }

    public Outcome<ModelMetadataResponse> Model(string model, string version)
    {
        var found = catalog.Acquire(model, version);
        if (found.Refusal is { } refusal)
        {
            return refusal;
        }
        using var lease = found.Value;
        var response = new ModelMetadataResponse { Name = model, Platform = Platform };
        response.Versions.AddRange(version.Length > 0 ? [lease.Model.Version] : ReadyVersions(model));
        response.Inputs.AddRange(lease.Model.Schema.Inputs.Select(Describe));
        response.Outputs.AddRange(lease.Model.Schema.Outputs.Select(Describe));
        response.Properties.Add(Properties(lease.Model));
        return response;
    }

    private static Dictionary<string, string> Properties(LoadedModel model)
    {
        var properties = new Dictionary<string, string>();
        if (model.Schema.Inputs is [_] && model.Card.FeatureNames is { Length: > 1 } names)
        {
            properties[ModelCard.FeaturesKey] = JsonSerializer.Serialize(names);
        }
        if (!model.Schema.AllowNaN)
        {
            properties[ModelCard.AllowNaNKey] = "false";
        }
        if (model.Card.Labels is { Length: > 0 } labels)
        {
            properties[ModelCard.LabelsKey] = JsonSerializer.Serialize(labels);
        }
        return properties;
    }

    private IEnumerable<string> ReadyVersions(string model) =>
        catalog.Versions(model)?.Versions.Where(version => version.Value.State == LoadStage.Ready).Select(version => version.Key).Order().Select(version => version.ToString()) ?? [];

    private static ModelMetadataResponse.Types.TensorMetadata Describe(TensorSchema tensor) =>
        new() { Name = tensor.Name, Datatype = tensor.Datatype.Name, Shape = { tensor.Shape } };
}
