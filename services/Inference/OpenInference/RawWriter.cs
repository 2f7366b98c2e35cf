using System.Buffers;
using System.Buffers.Binary;
using ModelOps.Inference.Models;
using ModelOps.Inference.Tensors;

namespace ModelOps.Inference.OpenInference;

/// <summary>Writes elements in the protocol's raw encoding.</summary>
internal static class RawWriter
{
    /// <summary>Bytes of an output.</summary>
    public static long LengthOf(in OutputTensor output)
    {
        if (output.Schema.Datatype.Size > 0)
        {
            return output.Numbers.Length;
        }
        long length = 0;
        for (var i = 0; i < output.Elements; i++)
        {
            length += BytesElements.LengthSize + output.Text(i).Length;
        }
        return length;
    }

    public static void Write(IBufferWriter<byte> to, in OutputTensor output)
    {
        if (output.Schema.Datatype.Size > 0)
        {
            to.Write(output.Numbers);
            return;
        }
        for (var i = 0; i < output.Elements; i++)
        {
            Write(to, output.Text(i));
        }
    }

    /// <summary>Writes an element of a BYTES tensor.</summary>
    public static void Write(IBufferWriter<byte> to, ReadOnlySpan<byte> text)
    {
        BinaryPrimitives.WriteInt32LittleEndian(to.GetSpan(BytesElements.LengthSize), text.Length);
        to.Advance(BytesElements.LengthSize);
        to.Write(text);
    }
}
