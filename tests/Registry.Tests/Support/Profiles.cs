using Google.Protobuf;
using ModelOps.Statistics.Profiles;

namespace ModelOps.Registry.Tests.Support;

/// <summary>Small reference profiles.</summary>
internal static class Profiles
{
    public static ByteString Make() => UnsafeByteOperations.UnsafeWrap(
        ReferenceProfile.Build([new NumericProfileColumn("amount", [1.0, 2.0, 3.0, 4.0])]).ToJson());
}
