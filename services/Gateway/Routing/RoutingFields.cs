using System.Buffers;
using System.Text;

namespace ModelOps.Gateway.Routing;

/// <summary>What a look at the head of an Open Inference message gave.</summary>
internal enum RoutingFieldsStatus
{
    /// <summary>The model is known.</summary>
    Found,

    /// <summary>The whole message was read and names no model.</summary>
    Missing,

    /// <summary>The head ended before a model was named.</summary>
    NotInHead,

    /// <summary>The bytes are no message.</summary>
    Malformed,
}

/// <summary>The fields a ModelInfer, ModelReady or ModelMetadata request is routed by: 1, the model, and 2, its version.</summary>
/// <param name="Status">What was found.</param>
/// <param name="Model">Name of the model; empty unless found.</param>
/// <param name="Version">Version asked for; empty for none.</param>
/// <param name="Problem">What is wrong with the bytes, when they are malformed.</param>
internal readonly record struct RoutingFields(RoutingFieldsStatus Status, string Model, string Version, string? Problem)
{
    /// <summary>Longest name or version that is read, in bytes.</summary>
    public const int MaxTextBytes = 256;

    private const int ModelField = 1;
    private const int VersionField = 2;
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// Walks over the top-level fields of a message without decoding them. Protobuf allows fields in any order and more than
    /// once, the last one counting; that holds here for all that lies in <paramref name="head"/>.
    /// </summary>
    /// <param name="head">The first bytes of the message.</param>
    /// <param name="messageLength">Length of the whole message; <see cref="long.MaxValue"/> when it is not known.</param>
    public static RoutingFields Read(in ReadOnlySequence<byte> head, long messageLength)
    {
        var reader = new SequenceReader<byte>(head);
        var whole = head.Length >= messageLength;
        string model = "", version = "";
        while (!reader.End)
        {
            var step = ReadField(ref reader, messageLength, ref model, ref version);
            if (step is Step.CutOff && !whole)
            {
                return model.Length > 0 ? new(RoutingFieldsStatus.Found, model, version, null) : new(RoutingFieldsStatus.NotInHead, "", "", null);
            }
            if (step is not Step.Next)
            {
                return new(RoutingFieldsStatus.Malformed, "", "", Describe(step, reader.Consumed));
            }
        }
        return model.Length > 0 ? new(RoutingFieldsStatus.Found, model, version, null)
            : new(whole ? RoutingFieldsStatus.Missing : RoutingFieldsStatus.NotInHead, "", "", null);
    }

    private enum Step
    {
        Next,
        CutOff,
        BadVarint,
        BadTag,
        BadWireType,
        TooLong,
        TextTooLong,
        TextCutOff,
        NotUtf8,
    }

    private static Step ReadField(ref SequenceReader<byte> reader, long messageLength, ref string model, ref string version)
    {
        if (ReadVarint(ref reader, out var tag) is var read and not Step.Next)
        {
            return read;
        }
        if (tag is < 8 or > uint.MaxValue)
        {
            return Step.BadTag;
        }
        return (tag & 7) switch
        {
            0 => ReadVarint(ref reader, out _),
            1 => Skip(ref reader, sizeof(ulong)),
            2 => ReadLengthDelimited(ref reader, tag >> 3, messageLength, ref model, ref version),
            5 => Skip(ref reader, sizeof(uint)),
            _ => Step.BadWireType, // groups (3, 4) are in no message of this protocol
        };
    }

    private static Step ReadLengthDelimited(ref SequenceReader<byte> reader, ulong field, long messageLength, ref string model, ref string version)
    {
        if (ReadVarint(ref reader, out var length) is var read and not Step.Next)
        {
            return read;
        }
        if (length > (ulong)(messageLength - reader.Consumed))
        {
            return Step.TooLong;
        }
        return field switch
        {
            ModelField => ReadText(ref reader, length, ref model),
            VersionField => ReadText(ref reader, length, ref version),
            _ => Skip(ref reader, length),
        };
    }

    private static Step ReadText(ref SequenceReader<byte> reader, ulong length, ref string text)
    {
        if (length > MaxTextBytes)
        {
            return Step.TextTooLong;
        }
        if (!reader.TryReadExact((int)length, out var bytes))
        {
            return Step.TextCutOff; // the last occurrence counts, and this one is not all there
        }
        try
        {
            text = StrictUtf8.GetString(bytes);
            return Step.Next;
        }
        catch (DecoderFallbackException)
        {
            return Step.NotUtf8;
        }
    }

    private static Step Skip(ref SequenceReader<byte> reader, ulong count)
    {
        if (count > (ulong)reader.Remaining)
        {
            return Step.CutOff;
        }
        reader.Advance((long)count);
        return Step.Next;
    }

    private static Step ReadVarint(ref SequenceReader<byte> reader, out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (!reader.TryRead(out var next))
            {
                return Step.CutOff;
            }
            if (shift == 63 && next > 1)
            {
                return Step.BadVarint;
            }
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return Step.Next;
            }
        }
        return Step.BadVarint;
    }

    private static string Describe(Step step, long position) => step switch
    {
        Step.BadVarint => $"the number that ends at byte {position} has more than 64 bits",
        Step.BadTag => $"there is no valid field at byte {position}",
        Step.BadWireType => $"the field at byte {position} has an unknown wire type",
        Step.TooLong => $"the field at byte {position} is longer than the message",
        Step.TextTooLong => $"the model's name or version is longer than {MaxTextBytes} bytes",
        Step.TextCutOff => "the model's name or version is cut off",
        Step.NotUtf8 => "the model's name or version is not UTF-8",
        _ => "the message is cut off",
    };
}
