using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using ModelOps.Contracts.Features.V1;
using Value = ModelOps.Contracts.Features.V1.Value;

namespace ModelOps.Monitor.Api;

/// <summary>
/// Messages of the .proto files as this application's JSON: names as in the file, every field there, numbers as numbers,
/// moments as RFC 3339, enumerations by their short names in lower case, named values as one object, and null for what is absent.
/// </summary>
internal static class ProtoJson
{
    /// <summary>An answer with a message.</summary>
    public static IResult Result(IMessage message) => TypedResults.Text(Write(message), "application/json; charset=utf-8", Encoding.UTF8);

    public static string Write(IMessage message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            WriteMessage(writer, message);
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteMessage(Utf8JsonWriter writer, IMessage message)
    {
        writer.WriteStartObject();
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            writer.WritePropertyName(field.Name);
            if (field.IsRepeated)
            {
                WriteList(writer, field, (IList)field.Accessor.GetValue(message));
            }
            else if (field.HasPresence && !field.Accessor.HasValue(message))
            {
                writer.WriteNullValue();
            }
            else
            {
                WriteValue(writer, field, field.Accessor.GetValue(message));
            }
        }
        writer.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter writer, FieldDescriptor field, IList values)
    {
        if (field.FieldType == FieldType.Message && field.MessageType == NamedValue.Descriptor)
        {
            writer.WriteStartObject();
            foreach (NamedValue named in values)
            {
                writer.WritePropertyName(named.Name);
                WriteNamed(writer, named.Value);
            }
            writer.WriteEndObject();
            return;
        }
        writer.WriteStartArray();
        foreach (var value in values)
        {
            WriteValue(writer, field, value!);
        }
        writer.WriteEndArray();
    }

    private static void WriteValue(Utf8JsonWriter writer, FieldDescriptor field, object value)
    {
        switch (value)
        {
            case Timestamp time:
                writer.WriteStringValue(time.ToDateTime());
                break;
            case IMessage message:
                WriteMessage(writer, message);
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case bool truth:
                writer.WriteBooleanValue(truth);
                break;
            case double number:
                WriteNumber(writer, number);
                break;
            case System.Enum named:
                writer.WriteStringValue(named.ToString().ToLowerInvariant());
                break;
            case int or long:
                writer.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            default:
                throw new NotSupportedException($"{field.FullName} has a type that is not written");
        }
    }

    private static void WriteNamed(Utf8JsonWriter writer, Value? value)
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
                WriteNumber(writer, value!.DoubleValue);
                break;
            case Value.KindOneofCase.StringValue:
                writer.WriteStringValue(value!.StringValue);
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }

    // JSON has no NaN and no infinity.
    private static void WriteNumber(Utf8JsonWriter writer, double number)
    {
        if (double.IsFinite(number))
        {
            writer.WriteNumberValue(number);
        }
        else
        {
            writer.WriteNullValue();
        }
    }
}
