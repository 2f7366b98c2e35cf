using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ModelOps.Inference.Tensors;

namespace ModelOps.Inference.Models.Caching;

/// <summary>
/// Says which answer: of which loaded version, to which inputs, which outputs of it. Inputs are told apart by SHA-256: callers
/// choose them, and none may get the answer to another's.
/// </summary>
/// <param name="Owner">The loaded version.</param>
/// <param name="High">First half of the hash.</param>
/// <param name="Low">Second half of the hash.</param>
internal readonly record struct CacheKey(VersionCache Owner, UInt128 High, UInt128 Low)
{
    /// <summary>Hashes shapes, elements and outputs, each with its length before it.</summary>
    public static CacheKey Of(VersionCache owner, BoundInputs inputs, OutputSelection outputs)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (ref readonly var input in inputs.Inputs)
        {
            AppendLength(hash, input.Shape!.Length);
            hash.AppendData(MemoryMarshal.AsBytes(input.Shape.AsSpan()));
            AppendLength(hash, input.Raw.Length);
            hash.AppendData(input.Raw.Span);
        }
        hash.AppendData(MemoryMarshal.AsBytes(outputs.Ordinals.AsSpan()));
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return new(owner, BinaryPrimitives.ReadUInt128BigEndian(digest), BinaryPrimitives.ReadUInt128BigEndian(digest[16..]));
    }

    private static void AppendLength(IncrementalHash hash, int length)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
        hash.AppendData(bytes);
    }
}
