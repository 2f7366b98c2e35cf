using System.Globalization;
using ModelOps.Inference.Tensors;
using ModelOps.Serving;

namespace ModelOps.Inference.Models.Graphs;

/// <summary>What the labels of a graph mean for the scores beside them, where a threshold or a label map makes them.</summary>
internal static class GraphLabels
{
    /// <summary>The label that each score stands for, by place.</summary>
    /// <param name="graph">The steps; none: the artifact answers alone.</param>
    /// <param name="schema">What the whole gives.</param>
    /// <returns>Null when the label is a model's own.</returns>
    public static string[]? Of(GraphConfiguration graph, ModelSchema schema)
    {
        var last = Maker(graph, schema.Outputs.FirstOrDefault(output => !output.Datatype.IsFloatingPoint)?.Name);
        var map = last?.LabelMap;
        var cut = (map is null ? last : Maker(graph, last!.Inputs[GraphRules.BuiltInInput]))?.Threshold;
        if (map is null && cut is null)
        {
            return null;
        }
        // One score is that of the second of two classes.
        var shape = schema.Outputs.FirstOrDefault(output => output.Datatype.IsFloatingPoint)?.Shape;
        var isMatrix = shape is [_, > 1 and <= ModelCard.MostClassesCounted];
        var places = isMatrix ? (int)shape![1] : 2;
        var column = isMatrix && cut is { Column: >= 0 } ? cut.Column : places - 1;
        return [.. Enumerable.Range(0, places).Select(place => Text(cut is null ? place : place == column ? 1 : 0))];

        string Text(int index) => map is null ? index.ToString(CultureInfo.InvariantCulture) : map.Labels.ElementAtOrDefault(index) ?? map.Other;
    }

    private static StepConfiguration? Maker(GraphConfiguration graph, string? value) =>
        graph.Steps.FirstOrDefault(step => value is not null && step.Outputs.Values.Contains(value));
}
