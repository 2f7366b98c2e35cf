using System.Buffers;
using System.Text.Json;
using ModelOps.Inference.OpenInference;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Predict;

/// <summary>One row of features in the order of a model's signature, as in <c>{"features":[1.5,"online",0]}</c>.</summary>
internal static class FeatureRow
{
    /// <summary>Reads a body and binds the row: to a matrix input's columns, or to one input per feature.</summary>
    public static Outcome<BoundInputs> Read(in ReadOnlySequence<byte> body, BoundInputs inputs)
    {
        var json = new Utf8JsonReader(body);
        return (Bind(ref json, inputs) ?? inputs.Complete()) is { } refusal ? refusal : inputs;
    }

    private static Refusal? Bind(ref Utf8JsonReader json, BoundInputs inputs)
    {
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
        {
            return Refusal.Invalid("body", "must be a JSON object");
        }
        var found = false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isFeatures = json.ValueTextEquals("features"u8);
            json.Read();
            if (!isFeatures)
            {
                json.Skip();
            }
            else if (found || json.TokenType != JsonTokenType.StartArray)
            {
                return Refusal.Invalid("features", found ? "is given twice" : "must be an array");
            }
            else if (BindFeatures(ref json, inputs) is { } refusal)
            {
                return refusal;
            }
            found |= isFeatures;
        }
        return json.Read() ? Refusal.Invalid("body", "has text after the JSON object") : found ? null : Refusal.Invalid("features", "is missing");
    }

    private static Refusal? BindFeatures(ref Utf8JsonReader json, BoundInputs inputs)
    {
        var schemas = inputs.Schema.Inputs;
        var isMatrix = schemas is [{ Shape: [_, > 1] }];
        var expected = isMatrix ? schemas[0].Shape[1] : schemas.Length;
        var row = new ElementWriter(schemas[0].Datatype);
        try
        {
            var count = 0;
            for (; json.Read() && json.TokenType != JsonTokenType.EndArray; count++)
            {
                if (count == expected)
                {
                    return Refusal.Invalid("features", $"has more than the {expected} features of the model");
                }
                var schema = schemas[isMatrix ? 0 : count];
                if (!isMatrix)
                {
                    row = new ElementWriter(schema.Datatype);
                }
                if (!row.TryAdd(ref json))
                {
                    return Refusal.Invalid($"features[{count}]", $"must be {(schema.Datatype.Size == 0 ? "a string" : $"a number within {schema.Datatype.Name}")} ('{schema.Name}')");
                }
                if (!isMatrix && Fill(inputs, schema, ref row, [.. schema.Shape.Select(_ => 1L)]) is { } refusal)
                {
                    return refusal;
                }
            }
            if (count < expected)
            {
                return Refusal.Invalid("features", $"has {count} features, the model takes {expected}");
            }
            return isMatrix ? Fill(inputs, schemas[0], ref row, [1, expected]) : null;
        }
        finally
        {
            row.Dispose();
        }
    }

    private static Refusal? Fill(BoundInputs inputs, TensorSchema schema, ref ElementWriter row, long[] shape)
    {
        if (inputs.Declare(schema.Name, schema.Datatype.Name, shape, out var ordinal) is { } refusal)
        {
            return refusal;
        }
        var (rented, length) = row.Detach();
        return inputs.Fill(ordinal, rented.AsMemory(0, length), rented);
    }
}
