using System.Buffers;
using System.Text.Json;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.OpenInference;

/// <summary>Reads the JSON of an inference request in one pass; members may come in any order.</summary>
internal ref struct JsonInferReader(in ReadOnlySequence<byte> body, BoundInputs inputs)
{
    private const int MostOutputs = 4096;
    private const int MostDimensions = 64;
    private Utf8JsonReader _json = new(body);
    private readonly BoundInputs _inputs = inputs;

    public string? Id { get; private set; }

    public string[] Outputs { get; private set; } = [];

    public Refusal? Read()
    {
        if (!_json.Read() || _json.TokenType != JsonTokenType.StartObject)
        {
            return Refusal.Invalid("body", "must be a JSON object");
        }
        while (NextMember())
        {
            var refusal = _json.ValueTextEquals("inputs"u8) ? ReadInputs()
                : _json.ValueTextEquals("outputs"u8) ? ReadOutputs()
                : _json.ValueTextEquals("id"u8) ? ReadId()
                : SkipMember();
            if (refusal is not null)
            {
                return refusal;
            }
        }
        return _json.Read() ? Refusal.Invalid("body", "has text after the JSON object") : null;
    }

    private bool NextMember() => _json.Read() && _json.TokenType == JsonTokenType.PropertyName;

    private Refusal? SkipMember()
    {
        _json.Read();
        _json.Skip();
        return null;
    }

    private Refusal? ReadId()
    {
        _json.Read();
        Id = _json.TokenType == JsonTokenType.String ? _json.GetString() : null;
        return Id is null ? Refusal.Invalid("id", "must be a string") : null;
    }

    private Refusal? ReadInputs()
    {
        if (!_json.Read() || _json.TokenType != JsonTokenType.StartArray)
        {
            return Refusal.Invalid("inputs", "must be an array");
        }
        for (var i = 0; _json.Read() && _json.TokenType != JsonTokenType.EndArray; i++)
        {
            if (_json.TokenType != JsonTokenType.StartObject)
            {
                return Refusal.Invalid($"inputs[{i}]", "must be an object");
            }
            if (ReadInput(i) is { } refusal)
            {
                return refusal;
            }
        }
        return null;
    }

    private Refusal? ReadInput(int index)
    {
        string? name = null;
        string? datatype = null;
        long[]? shape = null;
        Utf8JsonReader data = default;
        var hasData = false;
        while (NextMember())
        {
            var refusal = _json.ValueTextEquals("name"u8) ? ReadText(index, "name", out name)
                : _json.ValueTextEquals("datatype"u8) ? ReadText(index, "datatype", out datatype)
                : _json.ValueTextEquals("shape"u8) ? ReadShape(index, out shape)
                : _json.ValueTextEquals("data"u8) ? KeepData(out data, out hasData)
                : SkipMember();
            if (refusal is not null)
            {
                return refusal;
            }
        }
        var missing = name is null ? "name" : datatype is null ? "datatype" : shape is null ? "shape" : !hasData ? "data" : null;
        if (missing is not null)
        {
            return Refusal.Invalid($"inputs[{index}].{missing}", "is missing");
        }
        return _inputs.Declare(name!, datatype!, shape!, out var ordinal) ?? ReadData(data, ordinal);
    }

    private Refusal? ReadText(int index, string member, out string? text)
    {
        _json.Read();
        text = _json.TokenType == JsonTokenType.String ? _json.GetString() : null;
        return text is null ? Refusal.Invalid($"inputs[{index}].{member}", "must be a string") : null;
    }

    private Refusal? ReadShape(int index, out long[]? shape)
    {
        shape = null;
        var lengths = new List<long>(4);
        var isArray = _json.Read() && _json.TokenType == JsonTokenType.StartArray;
        while (isArray && _json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (_json.TokenType != JsonTokenType.Number || !_json.TryGetInt64(out var length) || lengths.Count == MostDimensions)
            {
                isArray = false;
                break;
            }
            lengths.Add(length);
        }
        shape = [.. lengths];
        return isArray ? null : Refusal.Invalid($"inputs[{index}].shape", $"must be an array of at most {MostDimensions} integers");
    }

    /// <summary>Remembers where the elements are: their type may be named after them.</summary>
    private Refusal? KeepData(out Utf8JsonReader data, out bool hasData)
    {
        hasData = _json.Read();
        data = _json;
        _json.Skip();
        return null;
    }

    /// <summary>Reads elements, flat or nested: the shape says how they lie, and their order is the same.</summary>
    private readonly Refusal? ReadData(Utf8JsonReader json, int ordinal)
    {
        var (name, datatype) = (_inputs.Schema.Inputs[ordinal].Name, _inputs.Schema.Inputs[ordinal].Datatype);
        if (json.TokenType != JsonTokenType.StartArray)
        {
            return BoundInputs.Bad(name, "data must be an array");
        }
        var elements = new ElementWriter(datatype);
        try
        {
            if (ReadElements(ref json, ref elements, _inputs.Inputs[ordinal].Elements, datatype) is { } broken)
            {
                return BoundInputs.Bad(name, broken);
            }
            var (rented, length) = elements.Detach();
            return _inputs.Fill(ordinal, rented.AsMemory(0, length), rented);
        }
        finally
        {
            elements.Dispose();
        }
    }

    private static string? ReadElements(ref Utf8JsonReader json, ref ElementWriter elements, int expected, Datatype datatype)
    {
        var count = 0;
        for (var depth = json.CurrentDepth; json.Read() && !(json.TokenType == JsonTokenType.EndArray && json.CurrentDepth == depth);)
        {
            if (json.TokenType is JsonTokenType.StartArray or JsonTokenType.EndArray)
            {
                continue;
            }
            if (count == expected)
            {
                return $"data has more than the {expected} elements of its shape";
            }
            if (!elements.TryAdd(ref json))
            {
                return $"data element {count} must be {JsonKind(datatype)}";
            }
            count++;
        }
        return count == expected ? null : $"data has {count} elements, its shape takes {expected}";
    }

    private static string JsonKind(Datatype datatype) =>
        datatype.Size == 0 ? "a string"
        : ReferenceEquals(datatype, Datatype.Bool) ? "true or false"
        : datatype.IsFloatingPoint ? $"a number within {datatype.Name}, or \"NaN\", \"Infinity\", \"-Infinity\""
        : $"an integer within {datatype.Name}";

    private Refusal? ReadOutputs()
    {
        if (!_json.Read() || _json.TokenType != JsonTokenType.StartArray)
        {
            return Refusal.Invalid("outputs", "must be an array");
        }
        var names = new List<string>();
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (_json.TokenType != JsonTokenType.StartObject || names.Count == MostOutputs || ReadOutputName() is not { } name)
            {
                return Refusal.Invalid($"outputs[{names.Count}]", $"must be an object with a name, and there may be {MostOutputs} of them");
            }
            names.Add(name);
        }
        Outputs = [.. names];
        return null;
    }

    private string? ReadOutputName()
    {
        string? name = null;
        while (NextMember())
        {
            var isName = _json.ValueTextEquals("name"u8);
            _json.Read();
            name = isName && _json.TokenType == JsonTokenType.String ? _json.GetString() : name;
            _json.Skip();
        }
        return name;
    }
}
