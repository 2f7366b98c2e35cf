using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ModelOps.Contracts.Features.V1;

namespace ModelOps.Monitor.Predictions;

/// <summary>
/// Named values as one JSON object, as they lie in jsonb columns. A double is told from an integer by its point; those that
/// JSON numbers in PostgreSQL cannot keep apart or cannot say at all are objects: <c>{"double":"1E+20"}</c>, <c>{"double":"NaN"}</c>.
/// </summary>
internal static class NamedValues
{
    private const string Tagged = "double";

    // Above this PostgreSQL writes a whole double like an integer.
    private const double LargestPlain = 1e15;

    public static string Encode(IEnumerable<NamedValue> values)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var named in values)
            {
                writer.WritePropertyName(named.Name);
                Write(writer, named.Value);
            }
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static IEnumerable<NamedValue> Decode(string json)
    {
        using var document = JsonDocument.Parse(json);
        foreach (var property in document.RootElement.EnumerateObject())
        {
            yield return new() { Name = property.Name, Value = Read(property.Value) };
        }
    }

    /// <summary>The value of one property; a value that is none set: null.</summary>
    public static Value Read(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => new() { BoolValue = element.GetBoolean() },
        JsonValueKind.String => new() { StringValue = element.GetString()! },
        JsonValueKind.Number => Number(element),
        JsonValueKind.Object => new() { DoubleValue = double.Parse(element.GetProperty(Tagged).GetString()!, CultureInfo.InvariantCulture) },
        _ => new(),
    };

    private static Value Number(JsonElement element) =>
        !element.GetRawText().AsSpan().ContainsAny('.', 'e', 'E') && element.TryGetInt64(out var whole)
            ? new() { Int64Value = whole }
            : new() { DoubleValue = element.GetDouble() };

    private static void Write(Utf8JsonWriter writer, Value? value)
    {
        switch (value?.KindCase ?? Value.KindOneofCase.None)
        {
            case Value.KindOneofCase.BoolValue:
                writer.WriteBooleanValue(value!.BoolValue);
                break;
            case Value.KindOneofCase.Int64Value:
                writer.WriteNumberValue(value!.Int64Value);
                break;
            case Value.KindOneofCase.DoubleValue:
                WriteDouble(writer, value!.DoubleValue);
                break;
            case Value.KindOneofCase.StringValue:
                writer.WriteStringValue(value!.StringValue);
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }

    private static void WriteDouble(Utf8JsonWriter writer, double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        if (!double.IsFinite(value) || Math.Abs(value) >= LargestPlain)
        {
            writer.WriteStartObject();
            writer.WriteString(Tagged, text);
            writer.WriteEndObject();
            return;
        }
        writer.WriteRawValue(text.AsSpan().ContainsAny('.', 'E') ? text : $"{text}.0");
    }
}
