using ModelOps.Registry.Artifacts;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Registry.Versions;

/// <summary>An artifact as the body of an answer, with its digest (RFC 9530) in the header.</summary>
internal sealed class ArtifactResult(Download download) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await using var artifact = download.Artifact;
        var (response, version) = (httpContext.Response, download.Version);
        var first = await artifact.NextAsync(httpContext.RequestAborted);
        if (!first.Succeeded)
        {
            await first.Refusal.ToResult().ExecuteAsync(httpContext);
            return;
        }
        response.ContentType = "application/octet-stream";
        response.ContentLength = version.SizeBytes;
        response.Headers.ETag = $"\"{version.Sha256}\"";
        response.Headers["Repr-Digest"] = $"sha-256=:{Convert.ToBase64String(Convert.FromHexString(version.Sha256))}:";
        response.Headers.ContentDisposition = $"attachment; filename=\"{version.Model.Name}-{version.Version}.onnx\"";
        await WriteAsync(first.Value, artifact, httpContext);
    }

    private static async Task WriteAsync(ReadOnlyMemory<byte> first, StoredArtifact artifact, HttpContext httpContext)
    {
        var ct = httpContext.RequestAborted;
        for (var piece = first; !piece.IsEmpty;)
        {
            await httpContext.Response.Body.WriteAsync(piece, ct);
            var next = await artifact.NextAsync(ct);
            if (!next.Succeeded)
            {
                // The status is long gone: a connection that breaks before the last byte is what is left to say it with.
                httpContext.Abort();
                return;
            }
            piece = next.Value;
        }
    }
}
