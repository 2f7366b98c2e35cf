using System.Text.Json;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.OpenInference;

/// <summary>Reads which outputs a request of the REST form wants.</summary>
internal static class JsonOutputs
{
    private const int MostOutputs = 4096;

    /// <summary>Reads the array that follows the member's name.</summary>
    /// <param name="json">Stands on the name; stands on the array's end afterwards.</param>
    /// <param name="outputs">The outputs in the order they are asked for.</param>
    public static Refusal? Read(ref Utf8JsonReader json, out RequestedOutput[] outputs)
    {
        outputs = [];
        if (!json.Read() || json.TokenType != JsonTokenType.StartArray)
        {
            return Refusal.Invalid("outputs", "must be an array");
        }
        var read = new List<RequestedOutput>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.StartObject || read.Count == MostOutputs)
            {
                return Refusal.Invalid($"outputs[{read.Count}]", $"must be an object, and there may be {MostOutputs} of them");
            }
            if (ReadOutput(ref json, read.Count, out var output) is { } refusal)
            {
                return refusal;
            }
            read.Add(output);
        }
        outputs = [.. read];
        return null;
    }

    private static Refusal? ReadOutput(ref Utf8JsonReader json, int index, out RequestedOutput output)
    {
        output = default;
        string? name = null;
        var parameters = default(JsonParameters);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("parameters"u8))
            {
                if (parameters.Read(ref json, $"outputs[{index}]") is { } refusal)
                {
                    return refusal;
                }
                continue;
            }
            var isName = json.ValueTextEquals("name"u8);
            json.Read();
            name = isName && json.TokenType == JsonTokenType.String ? json.GetString() : name;
            json.Skip();
        }
        output = new(name ?? "", parameters.IsBinary, parameters.Classes);
        return name is null ? Refusal.Invalid($"outputs[{index}].name", "must be a string") : null;
    }
}
