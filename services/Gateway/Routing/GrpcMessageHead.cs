using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Pipelines;

namespace ModelOps.Gateway.Routing;

/// <summary>Why the head of a gRPC message could not be used.</summary>
internal enum GrpcHeadProblem
{
    /// <summary>It could.</summary>
    None,

    /// <summary>The frame or the message breaks the protocol.</summary>
    Malformed,

    /// <summary>The message is larger than allowed.</summary>
    TooLarge,

    /// <summary>The message is compressed by something other than gzip or deflate.</summary>
    UnknownEncoding,
}

/// <summary>What was found at the head of a gRPC message.</summary>
internal readonly record struct GrpcHead(GrpcHeadProblem Problem, RoutingFields Fields, string Message);

/// <summary>
/// Reads the routing fields of the first message of a call and leaves every byte where it is: what is forwarded later is
/// what came in, never copied and never encoded again.
/// </summary>
internal static class GrpcMessageHead
{
    /// <summary>As the <c>grpc-accept-encoding</c> header says it.</summary>
    public const string AcceptedEncodings = $"identity,{Gzip},{Deflate}";

    private const int PrefixLength = 5;
    private const string Gzip = "gzip";
    private const string Deflate = "deflate"; // in gRPC the zlib format, RFC 1950

    /// <summary>Waits for the head of the message, at most <paramref name="peekBytes"/> bytes, and reads its routing fields.</summary>
    /// <param name="body">The body of the call; nothing is consumed.</param>
    /// <param name="encoding">The call's grpc-encoding.</param>
    /// <param name="peekBytes">How far to look.</param>
    /// <param name="maxMessageBytes">Largest message allowed.</param>
    /// <param name="ct">Ends the wait.</param>
    public static async ValueTask<GrpcHead> PeekAsync(PipeReader body, string? encoding, int peekBytes, long maxMessageBytes, CancellationToken ct)
    {
        var examined = 0L;
        while (true)
        {
            var read = await body.ReadAsync(ct);
            var buffer = read.Buffer;
            if (TryRead(buffer, encoding, peekBytes, maxMessageBytes, out var head))
            {
                // Examined may not go back, and must not reach the end: the next read, the forwarder's, has to return at once.
                body.AdvanceTo(buffer.Start, buffer.GetPosition(examined));
                return head;
            }

            if (read.IsCompleted || read.IsCanceled)
            {
                body.AdvanceTo(buffer.Start, buffer.GetPosition(examined));
                return Malformed(buffer.IsEmpty ? "the call carries no message" : $"the message is cut off after {buffer.Length} bytes");
            }
            examined = buffer.Length;
            body.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>Reads the head when enough of it is there.</summary>
    internal static bool TryRead(in ReadOnlySequence<byte> buffer, string? encoding, int peekBytes, long maxMessageBytes, out GrpcHead head)
    {
        head = default;
        if (buffer.Length < PrefixLength)
        {
            return false;
        }

        Span<byte> prefix = stackalloc byte[PrefixLength];
        buffer.Slice(0, PrefixLength).CopyTo(prefix);
        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        if (prefix[0] > 1)
        {
            head = Malformed($"the frame's compression flag is {prefix[0]}, not 0 or 1");
            return true;
        }
        if (length > maxMessageBytes)
        {
            head = new(GrpcHeadProblem.TooLarge, default, $"must have at most {maxMessageBytes} bytes, has {length}");
            return true;
        }

        var needed = Math.Min(length, peekBytes);
        if (buffer.Length - PrefixLength < needed)
        {
            return false;
        }
        var bytes = buffer.Slice(PrefixLength, needed);
        head = prefix[0] == 0 ? Of(RoutingFields.Read(bytes, length), peekBytes) : Inflate(bytes, whole: needed == length, encoding, peekBytes);
        return true;
    }

    private static GrpcHead Inflate(in ReadOnlySequence<byte> bytes, bool whole, string? encoding, int peekBytes)
    {
        if (encoding is not (Gzip or Deflate))
        {
            return new(GrpcHeadProblem.UnknownEncoding, default, $"the message is compressed with '{encoding}'; only {Gzip} and {Deflate} are understood");
        }

        var output = ArrayPool<byte>.Shared.Rent(peekBytes);
        try
        {
            // The head is small and bounded, so one contiguous copy of the compressed bytes is cheaper than a stream over segments.
            using var plain = Decompress(new MemoryStream(bytes.ToArray(), writable: false), encoding);
            var (count, ended) = ReadUpTo(plain, output.AsSpan(0, peekBytes));
            var length = ended && whole ? count : long.MaxValue;
            return Of(RoutingFields.Read(new ReadOnlySequence<byte>(output, 0, count), length), peekBytes);
        }
        catch (Exception e) when (e is InvalidDataException or IOException) // the latter where zlib asks for a preset dictionary
        {
            return Malformed($"the message is not valid {encoding}");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(output);
        }
    }

    private static Stream Decompress(Stream bytes, string encoding) => encoding == Gzip
        ? new GZipStream(bytes, CompressionMode.Decompress)
        : new ZLibStream(bytes, CompressionMode.Decompress);

    private static (int Count, bool Ended) ReadUpTo(Stream plain, Span<byte> output)
    {
        var count = 0;
        while (count < output.Length)
        {
            var read = plain.Read(output[count..]);
            if (read == 0)
            {
                return (count, true);
            }
            count += read;
        }
        return (count, false);
    }

    private static GrpcHead Of(RoutingFields fields, int peekBytes) => fields.Status switch
    {
        RoutingFieldsStatus.Found => new(GrpcHeadProblem.None, fields, ""),
        RoutingFieldsStatus.Missing => new(GrpcHeadProblem.Malformed, fields, "the model's name, field 1, is required"),
        RoutingFieldsStatus.NotInHead => Malformed($"the model's name, field 1, must lie in the first {peekBytes} bytes of the message"),
        _ => Malformed(fields.Problem!),
    };

    private static GrpcHead Malformed(string message) => new(GrpcHeadProblem.Malformed, default, message);
}
