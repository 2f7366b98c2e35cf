using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelOps.Inference.Models;

namespace ModelOps.Inference.OpenInference;

/// <summary>Writes the elements of an output as a flat JSON array, integers exactly.</summary>
internal static class JsonTensors
{
    public static void WriteElements(Utf8JsonWriter json, in OutputTensor output)
    {
        json.WriteStartArray();
        switch (output.Schema.Datatype.ElementType)
        {
            case TensorElementType.Float: Write<float>(json, output, JsonNumbers.Write); break;
            case TensorElementType.Double: Write<double>(json, output, JsonNumbers.Write); break;
            case TensorElementType.Float16: Write<Half>(json, output, static (json, value) => JsonNumbers.Write(json, (float)value)); break;
            case TensorElementType.BFloat16: Write<BFloat16>(json, output, static (json, value) => JsonNumbers.Write(json, (float)value)); break;
            case TensorElementType.Int8: Write<sbyte>(json, output, static (json, value) => json.WriteNumberValue(value)); break;
            case TensorElementType.Int16: Write<short>(json, output, static (json, value) => json.WriteNumberValue(value)); break;
            case TensorElementType.Int32: Write<int>(json, output, static (json, value) => json.WriteNumberValue(value)); break;
            case TensorElementType.Int64: Write<long>(json, output, static (json, value) => json.WriteNumberValue(value)); break;
            case TensorElementType.UInt8: Write<byte>(json, output, static (json, value) => json.WriteNumberValue(value)); break;
            case TensorElementType.UInt16: Write<ushort>(json, output, static (json, value) => json.WriteNumberValue(value)); break;
            case TensorElementType.UInt32: Write<uint>(json, output, static (json, value) => json.WriteNumberValue(value)); break;
            case TensorElementType.UInt64: Write<ulong>(json, output, static (json, value) => json.WriteNumberValue(value)); break;
            case TensorElementType.Bool: Write<byte>(json, output, static (json, value) => json.WriteBooleanValue(value != 0)); break;
            default: WriteTexts(json, output); break;
        }
        json.WriteEndArray();
    }

    private static void Write<T>(Utf8JsonWriter json, in OutputTensor output, Action<Utf8JsonWriter, T> write)
        where T : unmanaged
    {
        foreach (var value in MemoryMarshal.Cast<byte, T>(output.Numbers))
        {
            write(json, value);
        }
    }

    private static void WriteTexts(Utf8JsonWriter json, in OutputTensor output)
    {
        for (var i = 0; i < output.Elements; i++)
        {
            json.WriteStringValue(output.Text(i));
        }
    }
}
