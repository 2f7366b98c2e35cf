using System.IO.Compression;
using Grpc.Net.Compression;

namespace Grpc.Wire;

/// <summary>What both sides understand where no options say otherwise; as they are listed, so they are advertised.</summary>
internal static class DefaultCompression
{
    public static ICompressionProvider[] Providers { get; } =
        [new GzipCompressionProvider(CompressionLevel.Fastest), new DeflateCompressionProvider(CompressionLevel.Fastest)];
}
