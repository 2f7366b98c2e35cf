using System.Text.Json;
using ModelOps.Inference.Models;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.OpenInference;

/// <summary>The parameters of a request, an input or an output of the REST form: those that mean something, and that all have a value of their type.</summary>
internal ref struct JsonParameters
{
    private const string SharedMemory = "shared_memory_";

    /// <summary>Whether outputs that do not say otherwise are answered raw.</summary>
    public bool HasBinaryOutputs { get; private set; }

    /// <summary>Bytes of an input's elements behind the JSON; null: they are in the JSON.</summary>
    public long? BinarySize { get; private set; }

    /// <summary>Whether an output is answered raw; null: it does not say.</summary>
    public bool? IsBinary { get; private set; }

    /// <summary>How many of an output's highest values are answered; 0: the tensor itself is.</summary>
    public int Classes { get; private set; }

    /// <summary>What the request asks of the scheduler.</summary>
    public RunPreferences Preferences { get; private set; }

    /// <summary>Reads the object that follows the member's name.</summary>
    /// <param name="json">Stands on the name; stands on the object's end afterwards.</param>
    /// <param name="owner">What the parameters belong to, as messages name it; empty for the request.</param>
    public Refusal? Read(ref Utf8JsonReader json, string owner)
    {
        var field = owner.Length > 0 ? $"{owner}.parameters" : "parameters";
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
        {
            return Refusal.Invalid(field, "must be an object");
        }
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            json.Read();
            if (Take(json, name) is { } rule)
            {
                return Refusal.Invalid($"{field}.{name}", rule);
            }
        }
        return null;
    }

    /// <returns>The rule that is broken; null when none is.</returns>
    private string? Take(in Utf8JsonReader json, string name)
    {
        switch (name)
        {
            case "binary_data_output" when TryGetBoolean(json, out var all):
                HasBinaryOutputs = all;
                return null;
            case "binary_data" when TryGetBoolean(json, out var one):
                IsBinary = one;
                return null;
            case "binary_data_size" when TryGetInteger(json, out var size):
                BinarySize = size;
                return null;
            case "classification" when TryGetInteger(json, out var classes) && classes <= int.MaxValue:
                Classes = (int)classes;
                return null;
            case "priority" when TryGetInteger(json, out var priority):
                Preferences = Preferences with { Priority = (ulong)priority };
                return null;
            case "timeout" when TryGetInteger(json, out var timeout):
                Preferences = Preferences with { TimeoutMicroseconds = timeout };
                return null;
            case "binary_data_output" or "binary_data":
                return "must be a boolean";
            case "binary_data_size" or "classification" or "priority" or "timeout":
                return "must be an integer of 0 or more";
            default:
                return Other(json, name);
        }
    }

    /// <summary>Parameters of other servers have no effect; those that would change what is answered are refused.</summary>
    private static string? Other(in Utf8JsonReader json, string name) =>
        name.StartsWith(InferParameterRules.ReservedPrefix, StringComparison.Ordinal) ? InferParameterRules.Reserved
        : name.StartsWith(SharedMemory, StringComparison.Ordinal) ? InferParameterRules.NoSharedMemory
        : json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.Null ? "must be a boolean, a number or a string"
        : null;

    private static bool TryGetBoolean(in Utf8JsonReader json, out bool value)
    {
        value = json.TokenType == JsonTokenType.True;
        return json.TokenType is JsonTokenType.True or JsonTokenType.False;
    }

    private static bool TryGetInteger(in Utf8JsonReader json, out long value)
    {
        value = 0;
        return json.TokenType == JsonTokenType.Number && json.TryGetInt64(out value) && value >= 0;
    }
}
