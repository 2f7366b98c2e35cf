using System.Buffers;
using System.Text.Json;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.OpenInference;

/// <summary>
/// Reads the JSON of an inference request in one pass; members may come in any order. Elements that came raw lie behind it, in
/// the order of the inputs.
/// </summary>
internal ref struct JsonInferReader(in ReadOnlySequence<byte> body, long jsonLength, BoundInputs inputs)
{
    private const int MostDimensions = 64;
    private Utf8JsonReader _json = new(body.Slice(0, jsonLength));
    private readonly BoundInputs _inputs = inputs;
    private ReadOnlySequence<byte> _raw = body.Slice(jsonLength);
    private JsonParameters _parameters;

    public string? Id { get; private set; }

    public RequestedOutput[] Outputs { get; private set; } = [];

    public readonly JsonParameters Parameters => _parameters;

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
                : _json.ValueTextEquals("parameters"u8) ? _parameters.Read(ref _json, "")
                : SkipMember();
            if (refusal is not null)
            {
                return refusal;
            }
        }
        return _json.Read() ? Refusal.Invalid("body", "has text after the JSON object")
            : _raw.Length > 0 ? Refusal.Invalid("body", $"has {_raw.Length} bytes after the JSON that belong to no input")
            : null;
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
        var parameters = default(JsonParameters);
        while (NextMember())
        {
            var refusal = _json.ValueTextEquals("name"u8) ? ReadText(index, "name", out name)
                : _json.ValueTextEquals("datatype"u8) ? ReadText(index, "datatype", out datatype)
                : _json.ValueTextEquals("shape"u8) ? ReadShape(index, out shape)
                : _json.ValueTextEquals("data"u8) ? KeepData(out data, out hasData)
                : _json.ValueTextEquals("parameters"u8) ? parameters.Read(ref _json, $"inputs[{index}]")
                : SkipMember();
            if (refusal is not null)
            {
                return refusal;
            }
        }
        var isRaw = parameters.BinarySize is not null;
        var missing = name is null ? "name" : datatype is null ? "datatype" : shape is null ? "shape" : !hasData && !isRaw ? "data" : null;
        if (missing is not null)
        {
            return Refusal.Invalid($"inputs[{index}].{missing}", "is missing");
        }
        if (hasData && isRaw)
        {
            return Refusal.Invalid($"inputs[{index}].data", "must be absent where binary_data_size is given");
        }
        return _inputs.Declare(name!, datatype!, shape!, out var ordinal)
            ?? (parameters.BinarySize is { } size ? TakeRaw(size, ordinal) : ReadData(data, ordinal));
    }

    /// <summary>Takes the elements of an input from behind the JSON. The body is gone before the model runs, so they are copied.</summary>
    private Refusal? TakeRaw(long size, int ordinal)
    {
        if (size > _raw.Length)
        {
            return BoundInputs.Bad(_inputs.Schema.Inputs[ordinal].Name, $"has a binary_data_size of {size}, the body has {_raw.Length} more bytes after the JSON");
        }
        var rented = ArrayPool<byte>.Shared.Rent(Math.Max((int)size, 1));
        _raw.Slice(0, size).CopyTo(rented);
        _raw = _raw.Slice(size);
        return _inputs.Fill(ordinal, rented.AsMemory(0, (int)size), rented);
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
        var refusal = JsonOutputs.Read(ref _json, out var outputs);
        Outputs = outputs;
        return refusal;
    }
}
