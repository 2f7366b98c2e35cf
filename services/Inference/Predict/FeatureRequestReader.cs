using System.Buffers;
using System.Text;
using System.Text.Json;
using ModelOps.Contracts.Features.V1;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Predict;

/// <summary>Reads <c>{"entities":{...},"features":{...},"event_time":"..."}</c> in one pass; members it does not know, or that come twice, are refused.</summary>
internal ref struct FeatureRequestReader(in ReadOnlySequence<byte> body, FeaturePlan plan)
{
    private const int MostEntities = 64;
    private const int LongestName = 128;
    private const int MostTextBytes = 4096;
    private Utf8JsonReader _json = new(body);
    private readonly FeaturePlan _plan = plan;
    private readonly List<NamedValue> _entities = [];
    private readonly HashSet<string> _members = new(StringComparer.Ordinal);

    public byte[]?[] Values { get; } = new byte[]?[plan.Slots.Length];

    public readonly IReadOnlyList<NamedValue> Entities => _entities;

    public DateTimeOffset? EventTime { get; private set; }

    public Refusal? Read()
    {
        if (!_json.Read() || _json.TokenType != JsonTokenType.StartObject)
        {
            return Refusal.Invalid("body", "must be a JSON object");
        }
        while (NextMember() is { } name)
        {
            var refusal = !_members.Add(name) ? Refusal.Invalid(name, "is given twice") : name switch
            {
                "entities" => ReadEntities(),
                "features" => ReadFeatures(),
                "event_time" => ReadEventTime(),
                _ => Refusal.Invalid(name, "is not a known field"),
            };
            if (refusal is not null)
            {
                return refusal;
            }
        }
        return _json.Read() ? Refusal.Invalid("body", "has text after the JSON object") : null;
    }

    private string? NextMember()
    {
        if (!_json.Read() || _json.TokenType != JsonTokenType.PropertyName)
        {
            return null;
        }
        var name = _json.GetString();
        _json.Read();
        return name;
    }

    private Refusal? ReadFeatures()
    {
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            return Refusal.Invalid("features", "must be an object of values by feature name");
        }
        while (NextMember() is { } name)
        {
            var ordinal = _plan.Find(name);
            var broken = ordinal < 0 ? $"is unknown; the model takes {_plan.Names()}"
                : Values[ordinal] is not null ? "is given twice"
                : ReadFeature(ordinal);
            if (broken is not null)
            {
                return Refusal.Invalid($"features.{name}", broken);
            }
        }
        return null;
    }

    /// <returns>The rule that the value breaks; null: none.</returns>
    private string? ReadFeature(int ordinal) => FeatureValue.Read(ref _json, _plan.Slots[ordinal].Datatype, _plan.AllowNaN, out Values[ordinal]);

    private Refusal? ReadEntities()
    {
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            return Refusal.Invalid("entities", "must be an object of keys by join key");
        }
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (NextMember() is { } name)
        {
            var broken = name.Length is 0 or > LongestName || name.Contains('\0', StringComparison.Ordinal) ? $"must have a name of 1 to {LongestName} characters"
                : !seen.Add(name) ? "is given twice"
                : seen.Count > MostEntities ? $"is one of more than {MostEntities}"
                : null;
            var key = ReadKey();
            broken ??= key is null ? $"must be an integer of 64 bits, or a string of 1 to {MostTextBytes} bytes" : null;
            if (broken is not null)
            {
                return Refusal.Invalid($"entities.{name}", broken);
            }
            _entities.Add(new NamedValue { Name = name, Value = key });
        }
        return null;
    }

    private readonly Value? ReadKey() => _json.TokenType switch
    {
        JsonTokenType.Number => _json.TryGetInt64(out var number) ? new Value { Int64Value = number } : null,
        JsonTokenType.String => _json.GetString() is { Length: > 0 } text && IsStorable(text) ? new Value { StringValue = text } : null,
        _ => null,
    };

    private static bool IsStorable(string text) => Encoding.UTF8.GetByteCount(text) <= MostTextBytes && !text.Contains('\0', StringComparison.Ordinal);

    private Refusal? ReadEventTime()
    {
        // The reader takes a time without an offset too, which would mean the machine's own.
        var isTime = _json.TokenType == JsonTokenType.String && _json.GetString() is { Length: >= 20 } text
            && (text[^1] is 'Z' or 'z' || text[^6] is '+' or '-') && _json.TryGetDateTimeOffset(out var time) && (EventTime = time.ToUniversalTime()) is not null;
        return isTime ? null : Refusal.Invalid("event_time", "must be a timestamp of RFC 3339");
    }
}
