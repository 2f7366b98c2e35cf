using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Grpc.Core;
using ModelOps.Inference.Models;

namespace ModelOps.Inference.OpenInference;

/// <summary>Writes a ModelInferResponse out of the memory of the run: the numbers are copied once, into the transport's own buffer.</summary>
internal static class PlainAnswer
{
    private const int ModelNameField = 1;
    private const int ModelVersionField = 2;
    private const int IdField = 3;
    private const int OutputsField = 5;
    private const int RawField = 6;

    public static void Write(SerializationContext context, ReadOnlySpan<byte> request, PlainRequest plain, LoadedModel model, InferenceResult result)
    {
        var heads = Field(plain.ModelName.Length) + Field(model.Version.Length) + (plain.Id.Length > 0 ? Field(plain.Id.Length) : 0);
        var raws = 0L;
        foreach (ref readonly var output in result.Outputs)
        {
            heads += Field(HeadLength(output));
            raws += Field(RawLength(output));
        }
        context.SetPayloadLength(checked((int)(heads + raws)));
        var writer = new FieldWriter(context.GetBufferWriter());
        writer.Bytes(ModelNameField, request.Slice(plain.ModelName.Start, plain.ModelName.Length));
        writer.Text(ModelVersionField, model.Version);
        if (plain.Id.Length > 0)
        {
            writer.Bytes(IdField, request.Slice(plain.Id.Start, plain.Id.Length));
        }
        foreach (ref readonly var output in result.Outputs)
        {
            WriteHead(ref writer, output);
        }
        foreach (ref readonly var output in result.Outputs)
        {
            WriteRaw(ref writer, output);
        }
        writer.Flush();
    }

    private static void WriteHead(ref FieldWriter writer, in OutputTensor output)
    {
        writer.Header(OutputsField, HeadLength(output));
        writer.Bytes(1, output.Schema.Utf8Name);
        writer.Bytes(2, output.Schema.Datatype.Utf8Name);
        if (output.Shape.Length > 0)
        {
            writer.Header(3, ShapeLength(output.Shape));
            foreach (var length in output.Shape)
            {
                writer.Varint((ulong)length);
            }
        }
    }

    private static void WriteRaw(ref FieldWriter writer, in OutputTensor output)
    {
        if (output.Schema.Datatype.Size > 0)
        {
            writer.Bytes(RawField, output.Numbers);
            return;
        }
        writer.Header(RawField, RawLength(output));
        for (var i = 0; i < output.Elements; i++)
        {
            writer.Element(output.Text(i));
        }
    }

    private static int HeadLength(in OutputTensor output) =>
        Field(output.Schema.Utf8Name.Length) + Field(output.Schema.Datatype.Utf8Name.Length) + (output.Shape.Length > 0 ? Field(ShapeLength(output.Shape)) : 0);

    private static int ShapeLength(long[] shape)
    {
        var length = 0;
        foreach (var dimension in shape)
        {
            length += SizeOf((ulong)dimension);
        }
        return length;
    }

    private static int RawLength(in OutputTensor output)
    {
        if (output.Schema.Datatype.Size > 0)
        {
            return output.Numbers.Length;
        }
        var length = 0;
        for (var i = 0; i < output.Elements; i++)
        {
            length = checked(length + sizeof(int) + output.Text(i).Length);
        }
        return length;
    }

    /// <summary>Bytes of a delimited field with its tag; all fields here have numbers below 16.</summary>
    private static int Field(int length) => checked(1 + SizeOf((ulong)length) + length);

    private static int SizeOf(ulong value) => ((BitOperations.Log2(value) * 9) + 73) / 64;

    /// <summary>Writes fields into a buffer writer, piece by piece.</summary>
    private ref struct FieldWriter(IBufferWriter<byte> output)
    {
        private const int Piece = 512;
        private Span<byte> _span;
        private int _written;

        public void Text(int field, string text)
        {
            Header(field, text.Length);
            Room(text.Length);
            _written += Encoding.ASCII.GetBytes(text, _span[_written..]);
        }

        public void Bytes(int field, ReadOnlySpan<byte> bytes)
        {
            Header(field, bytes.Length);
            Raw(bytes);
        }

        /// <summary>A BYTES element: its length, then its bytes.</summary>
        public void Element(ReadOnlySpan<byte> bytes)
        {
            Room(sizeof(int));
            BinaryPrimitives.WriteInt32LittleEndian(_span[_written..], bytes.Length);
            _written += sizeof(int);
            Raw(bytes);
        }

        public void Header(int field, int length)
        {
            Varint((ulong)(field << 3 | 2));
            Varint((ulong)length);
        }

        public void Varint(ulong value)
        {
            Room(10);
            for (; value > 0x7F; value >>= 7)
            {
                _span[_written++] = (byte)(value | 0x80);
            }
            _span[_written++] = (byte)value;
        }

        public void Flush()
        {
            output.Advance(_written);
            _span = default;
            _written = 0;
        }

        private void Raw(ReadOnlySpan<byte> bytes)
        {
            if (bytes.Length <= Piece)
            {
                Room(bytes.Length);
                bytes.CopyTo(_span[_written..]);
                _written += bytes.Length;
            }
            else
            {
                Flush();
                output.Write(bytes);
            }
        }

        private void Room(int bytes)
        {
            if (_span.Length - _written < bytes)
            {
                Flush();
                _span = output.GetSpan(Math.Max(bytes, Piece));
            }
        }
    }
}
