using System.Text.Json;
using ModelOps.Batch.Models;
using ModelOps.Inference.Models.Graphs;
using ModelOps.Inference.Tensors;
using ModelOps.Serving;

namespace ModelOps.Inference.Models;

/// <summary>What a model file says about itself beside its tensors.</summary>
/// <param name="ModelType">Algorithm, as its metadata names it.</param>
/// <param name="Features">Number of features in a row.</param>
/// <param name="FeatureNames">Their names in the order of the signature; empty when a matrix input has no names.</param>
/// <param name="Classes">Labels of the classes in the order of the probabilities; empty for a model that does not classify.</param>
internal sealed record ModelCard(string ModelType, long Features, string[] FeatureNames, string[] Classes)
{
    public const string AllowNaNKey = "modelops.allow_nan";
    private const string AlgorithmKey = "modelops.algorithm";
    public const string FeaturesKey = "modelops.features";
    private const string ClassesKey = "modelops.classes";
    public const string LabelsKey = "modelops.labels";
    public const int MostClassesCounted = 1000;

    /// <summary>The label that each score stands for, by place; empty: not known.</summary>
    public required string[] Labels { get; init; }

    /// <summary>Which score is that of a label.</summary>
    public required LabelPlaces Places { get; init; }

    /// <param name="schema">What the version takes and gives.</param>
    /// <param name="metadata">Metadata of its artifact.</param>
    /// <param name="graph">Its steps; none: the artifact answers alone.</param>
    public static ModelCard Read(ModelSchema schema, IReadOnlyDictionary<string, string> metadata, GraphConfiguration graph)
    {
        var isMatrix = schema.Inputs is [{ Shape: [_, > 1] }];
        var features = isMatrix ? schema.Inputs[0].Shape[1] : schema.Inputs.Length;
        var names = isMatrix ? List(metadata, FeaturesKey) : [.. schema.Inputs.Select(input => input.Name)];
        var classes = List(metadata, ClassesKey);
        var labels = GraphLabels.Of(graph, schema) ?? classes;
        return new(
            metadata.GetValueOrDefault(AlgorithmKey, "onnx"),
            features,
            names.Length == features ? names : [],
            classes.Length > 0 ? classes : CountedClasses(schema))
        {
            Labels = labels,
            Places = new(schema.Outputs.FirstOrDefault(output => !output.Datatype.IsFloatingPoint)?.Datatype.Name ?? "", labels),
        };
    }

    /// <summary>Without labels in the metadata, classes are numbered as converters do it.</summary>
    private static string[] CountedClasses(ModelSchema schema)
    {
        var probabilities = schema.Outputs.FirstOrDefault(output => output.Datatype.IsFloatingPoint && output.Shape is [_, > 1 and <= MostClassesCounted]);
        return probabilities is null ? [] : [.. Enumerable.Range(0, (int)probabilities.Shape[1]).Select(label => label.ToString())];
    }

    /// <summary>A list is a JSON array of strings; anything else counts as not said.</summary>
    private static string[] List(IReadOnlyDictionary<string, string> metadata, string key)
    {
        try
        {
            return metadata.TryGetValue(key, out var json) ? JsonSerializer.Deserialize<string[]>(json) ?? [] : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
