using System.Collections;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace ModelOps.Inference.OpenInference;

/// <summary>
/// Messages of the protocol's gRPC form as its REST form has them: names as in the contract, every number a JSON number, 64-bit
/// ones too, and all members but unset messages and unset choices.
/// </summary>
internal static class ProtocolJson
{
    public static void Write(Utf8JsonWriter json, IMessage message)
    {
        json.WriteStartObject();
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (IsShown(field, message))
            {
                json.WritePropertyName(field.Name);
                WriteField(json, field, field.Accessor.GetValue(message));
            }
        }
        json.WriteEndObject();
    }

    private static bool IsShown(FieldDescriptor field, IMessage message) =>
        field.IsRepeated || field.IsMap || (field.FieldType != FieldType.Message && field.ContainingOneof is null) || field.Accessor.HasValue(message);

    private static void WriteField(Utf8JsonWriter json, FieldDescriptor field, object value)
    {
        if (field.IsMap)
        {
            WriteMap(json, field, (IDictionary)value);
        }
        else if (field.IsRepeated)
        {
            json.WriteStartArray();
            foreach (var element in (IEnumerable)value)
            {
                WriteValue(json, field, element);
            }
            json.WriteEndArray();
        }
        else
        {
            WriteValue(json, field, value);
        }
    }

    private static void WriteMap(Utf8JsonWriter json, FieldDescriptor field, IDictionary map)
    {
        json.WriteStartObject();
        foreach (DictionaryEntry entry in map)
        {
            json.WritePropertyName((string)entry.Key);
            WriteValue(json, field.MessageType.FindFieldByNumber(2), entry.Value!);
        }
        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, FieldDescriptor field, object value)
    {
        switch (value)
        {
            case IMessage message: Write(json, message); break;
            case string text: json.WriteStringValue(text); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case int number: json.WriteNumberValue(number); break;
            case long number: json.WriteNumberValue(number); break;
            case uint number: json.WriteNumberValue(number); break;
            case ulong number: json.WriteNumberValue(number); break;
            default: json.WriteStringValue(field.EnumType.FindValueByNumber((int)value).Name); break;
        }
    }
}
