using System.Text.Json;

namespace ModelOps.Serving;

/// <summary>Writes the section <c>graph</c>.</summary>
internal static class GraphWriter
{
    public static void Write(Utf8JsonWriter json, GraphConfiguration graph)
    {
        if (graph.Steps.Count == 0)
        {
            return;
        }
        json.WriteStartObject("graph"u8);
        json.WriteStartArray("steps"u8);
        foreach (var step in graph.Steps)
        {
            Write(json, step);
        }
        json.WriteEndArray();
        var outputs = new ServingSection(json);
        outputs.Texts("outputs", graph.Outputs);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, StepConfiguration step)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, step.Name);
        var members = new ServingSection(json);
        members.Map("inputs", step.Inputs, static (writer, value) => writer.WriteStringValue(value));
        members.Map("outputs", step.Outputs, static (writer, value) => writer.WriteStringValue(value));
        switch (step)
        {
            case { Model: { } model }:
                json.WriteStartObject("model"u8);
                json.WriteString("name"u8, model.Name);
                json.WriteNumber("version"u8, model.Version);
                json.WriteEndObject();
                break;
            case { Scale: { } scale }:
                Numbers(json, "scale", ("mean", scale.Mean), ("std", scale.Std), ("min", scale.Min), ("max", scale.Max));
                break;
            case { Encode: { } encode }:
                json.WriteStartObject("encode"u8);
                members.Choice("kind", encode.Kind, EncodingKind.OneHot);
                members.Texts("texts", encode.Texts);
                members.Wholes("integers", encode.Integers);
                members.Choice("unknown", encode.Unknown, UnknownCategory.Ignore);
                json.WriteEndObject();
                break;
            case { Threshold: { } threshold }:
                json.WriteStartObject("threshold"u8);
                members.Number("cut", threshold.Cut, 0.5);
                members.Whole("column", threshold.Column, -1);
                json.WriteEndObject();
                break;
            case { LabelMap: { } map }:
                json.WriteStartObject("label_map"u8);
                members.Texts("labels", map.Labels);
                if (map.Other.Length > 0)
                {
                    json.WriteString("other"u8, map.Other);
                }
                json.WriteEndObject();
                break;
        }
        json.WriteEndObject();
    }

    private static void Numbers(Utf8JsonWriter json, string section, params (string Name, IReadOnlyList<double> Values)[] lists)
    {
        json.WriteStartObject(section);
        foreach (var (name, values) in lists.Where(list => list.Values.Count > 0))
        {
            json.WriteStartArray(name);
            foreach (var value in values)
            {
                json.WriteNumberValue(value);
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }
}
