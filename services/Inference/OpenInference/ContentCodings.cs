using System.IO.Compression;
using Microsoft.Net.Http.Headers;

namespace ModelOps.Inference.OpenInference;

/// <summary>Compression of inference requests and answers over REST: gzip, and deflate, which is the zlib format. Nothing else is compressed: some clients do not expect it.</summary>
internal static class ContentCodings
{
    private const string Gzip = "gzip";
    private const string Deflate = "deflate";

    /// <summary>The coding to answer in; null: none. Of codings that a caller likes equally it is the one named first.</summary>
    public static string? ForAnswer(HttpRequest request)
    {
        if (request.Headers.AcceptEncoding.Count == 0 || !StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptEncoding, out var accepted))
        {
            return null;
        }
        return accepted.Where(coding => coding.Value.Value is Gzip or Deflate && coding.Quality is not 0)
            .MaxBy(coding => coding.Quality ?? 1)?.Value.Value;
    }

    /// <summary>What decompresses a body; null for a coding that is not understood.</summary>
    public static Stream? Decompress(Stream body, string coding) => coding switch
    {
        Gzip => new GZipStream(body, CompressionMode.Decompress, leaveOpen: true),
        Deflate => new ZLibStream(body, CompressionMode.Decompress, leaveOpen: true),
        _ => null,
    };

    /// <summary>What compresses an answer; speed counts more than size.</summary>
    public static Stream Compress(Stream body, string coding) => coding == Gzip
        ? new GZipStream(body, CompressionLevel.Fastest, leaveOpen: true)
        : new ZLibStream(body, CompressionLevel.Fastest, leaveOpen: true);
}
