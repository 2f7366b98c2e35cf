using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ModelOps.Inference.PredictionLog;

/// <summary>
/// Makes UUIDs of version 7 (RFC 9562) for predictions that came without an identity. Random bytes are taken from the system many at a time:
/// asking it for every prediction costs more than the rest of the identity.
/// </summary>
internal static class PredictionIds
{
    private const int Size = 16;
    private const int TimeSize = 6;
    private const int Reserve = 1024;

    [ThreadStatic]
    private static byte[]? t_random;

    [ThreadStatic]
    private static int t_used;

    /// <summary>Bytes of an identity as text.</summary>
    public const int TextSize = 36;

    /// <summary>Makes one.</summary>
    /// <param name="now">The time.</param>
    /// <param name="text">Where it goes, <see cref="TextSize"/> bytes of UTF-8.</param>
    public static void Write(DateTimeOffset now, Span<byte> text) => _ = New(now).TryFormat(text, out _);

    public static Guid New(DateTimeOffset now)
    {
        Span<byte> id = stackalloc byte[Size];
        BinaryPrimitives.WriteInt64BigEndian(id, now.ToUnixTimeMilliseconds() << 16);
        TakeRandom(id[TimeSize..]);
        id[6] = (byte)(0x70 | (id[6] & 0x0F));
        id[8] = (byte)(0x80 | (id[8] & 0x3F));
        return new Guid(id, bigEndian: true);
    }

    private static void TakeRandom(Span<byte> bytes)
    {
        var random = t_random;
        if (random is null || t_used + bytes.Length > random.Length)
        {
            random = t_random ??= new byte[Reserve];
            RandomNumberGenerator.Fill(random);
            t_used = 0;
        }
        random.AsSpan(t_used, bytes.Length).CopyTo(bytes);
        t_used += bytes.Length;
    }
}
