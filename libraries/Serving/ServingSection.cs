using System.Text.Json;

namespace ModelOps.Serving;

/// <summary>Writes one object of the document; nothing when all of its members have their default.</summary>
/// <param name="json">Where it is written.</param>
/// <param name="section">Name of the object; null: it is open already, and closed by whoever opened it.</param>
internal sealed class ServingSection(Utf8JsonWriter json, string? section = null)
{
    private bool _isOpen;

    public void Flag(string name, bool? value, bool? standard)
    {
        if (value != standard && value is { } said)
        {
            Begin(name).WriteBooleanValue(said);
        }
    }

    public void Whole(string name, long? value, long? standard)
    {
        if (value != standard && value is { } said)
        {
            Begin(name).WriteNumberValue(said);
        }
    }

    public void Number(string name, double value, double standard)
    {
        if (!value.Equals(standard))
        {
            Begin(name).WriteNumberValue(value);
        }
    }

    public void Choice<T>(string name, T value, T standard)
        where T : struct, Enum
    {
        if (!value.Equals(standard))
        {
            Begin(name).WriteStringValue(ServingMembers.NameOf(value));
        }
    }

    public void Wholes(string name, IReadOnlyList<long> values)
    {
        if (values.Count > 0)
        {
            WriteWholes(Begin(name), values);
        }
    }

    public void Texts(string name, IReadOnlyList<string> values)
    {
        if (values.Count == 0)
        {
            return;
        }
        Begin(name).WriteStartArray();
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }
        json.WriteEndArray();
    }

    /// <summary>Writes values by name, in the order of the names.</summary>
    public void Map<T>(string name, IReadOnlyDictionary<string, T> values, Action<Utf8JsonWriter, T> write)
    {
        if (values.Count == 0)
        {
            return;
        }
        Begin(name).WriteStartObject();
        foreach (var (key, value) in values.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            json.WritePropertyName(key);
            write(json, value);
        }
        json.WriteEndObject();
    }

    public void End()
    {
        if (_isOpen)
        {
            json.WriteEndObject();
        }
    }

    public static void WriteWholes(Utf8JsonWriter json, IReadOnlyList<long> values)
    {
        json.WriteStartArray();
        foreach (var value in values)
        {
            json.WriteNumberValue(value);
        }
        json.WriteEndArray();
    }

    /// <summary>Numbers have one form too: 1.50 and 15e-1 are 1.5.</summary>
    public static void WriteScalar(Utf8JsonWriter json, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Number)
        {
            value.WriteTo(json);
        }
        else if (value.TryGetInt64(out var whole))
        {
            json.WriteNumberValue(whole);
        }
        else if (value.TryGetUInt64(out var large))
        {
            json.WriteNumberValue(large);
        }
        else
        {
            json.WriteNumberValue(value.GetDouble());
        }
    }

    private Utf8JsonWriter Begin(string name)
    {
        if (!_isOpen && section is not null)
        {
            json.WriteStartObject(section);
            _isOpen = true;
        }
        json.WritePropertyName(name);
        return json;
    }
}
