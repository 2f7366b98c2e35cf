using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using ModelOps.Registry.Artifacts;
using ModelOps.ServiceDefaults.Errors;
using ModelOps.Statistics.Profiles;

namespace ModelOps.Registry.Versions;

/// <summary>An upload over REST: multipart/form-data with a part <c>metadata</c>, a part <c>profile</c> if there is one, then a part
/// <c>artifact</c>, read as they arrive.</summary>
internal sealed class MultipartUpload(VersionMetadataJson metadata, ReadOnlyMemory<byte> profile, MultipartReader parts, Stream artifact) : IByteSource
{
    private const int MaxMetadataBytes = 64 << 10;
    private const int MaxBoundary = 70;
    private readonly byte[] _piece = new byte[64 << 10];

    /// <summary>What the caller says about the version.</summary>
    public VersionMetadataJson Metadata => metadata;

    /// <summary>Reference profile of the version; empty: none.</summary>
    public ReadOnlyMemory<byte> Profile => profile;

    /// <summary>Reads up to the start of the artifact.</summary>
    public static async Task<Outcome<MultipartUpload>> OpenAsync(HttpRequest request, CancellationToken ct)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary) is not { Length: > 0 and <= MaxBoundary } boundary)
        {
            return Refusal.Invalid("content-type", "must be multipart/form-data with a boundary");
        }
        var parts = new MultipartReader(boundary.Value!, request.Body);
        return await GuardAsync(() => ReadMetadataAsync(parts, ct), ct);
    }

    public ValueTask<Outcome<ReadOnlyMemory<byte>>> NextAsync(CancellationToken ct) => new(GuardAsync(() => ReadAsync(ct), ct));

    private static async Task<Outcome<MultipartUpload>> ReadMetadataAsync(MultipartReader parts, CancellationToken ct)
    {
        if (await parts.ReadNextSectionAsync(ct) is not { } first || Name(first) != "metadata")
        {
            return Refusal.Invalid("metadata", "must be the first part");
        }
        var bytes = await ReadAllAsync(first, MaxMetadataBytes, "metadata", ct);
        if (!bytes.Succeeded)
        {
            return bytes.Refusal;
        }
        var metadata = JsonSerializer.Deserialize(bytes.Value.Span, RegistryJson.Default.VersionMetadataJson);
        return metadata is not null ? await ReadProfileAsync(metadata, parts, ct) : Refusal.Invalid("metadata", "must be a JSON object");
    }

    private static async Task<Outcome<MultipartUpload>> ReadProfileAsync(VersionMetadataJson metadata, MultipartReader parts, CancellationToken ct)
    {
        Outcome<ReadOnlyMemory<byte>> profile = ReadOnlyMemory<byte>.Empty;
        var next = await parts.ReadNextSectionAsync(ct);
        if (next is not null && Name(next) == "profile")
        {
            profile = await ReadAllAsync(next, ReferenceProfile.MaxBytes, "profile", ct);
            if (!profile.Succeeded)
            {
                return profile.Refusal;
            }
            next = await parts.ReadNextSectionAsync(ct);
        }
        return next is not null && Name(next) == "artifact"
            ? new MultipartUpload(metadata, profile.Value, parts, next.Body)
            : Refusal.Invalid("artifact", "must be the part after metadata, or after profile when there is one");
    }

    private static async Task<Outcome<ReadOnlyMemory<byte>>> ReadAllAsync(MultipartSection part, int max, string field, CancellationToken ct)
    {
        var bytes = new byte[max + 1];
        var length = await part.Body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, ct);
        return length <= max ? (ReadOnlyMemory<byte>)bytes.AsMemory(0, length) : new Refusal(RefusalKind.TooLarge, $"may have at most {max} bytes", field);
    }

    private async Task<Outcome<ReadOnlyMemory<byte>>> ReadAsync(CancellationToken ct)
    {
        var read = await artifact.ReadAsync(_piece, ct);
        if (read > 0)
        {
            return (ReadOnlyMemory<byte>)_piece.AsMemory(0, read);
        }
        return await parts.ReadNextSectionAsync(ct) is null ? ReadOnlyMemory<byte>.Empty : Refusal.Invalid("artifact", "must be the last part");
    }

    /// <summary>What the reader throws about a body that is cut off or no multipart is bad input, no failure.</summary>
    private static async Task<Outcome<T>> GuardAsync<T>(Func<Task<Outcome<T>>> read, CancellationToken ct)
        where T : notnull
    {
        try
        {
            return await read();
        }
        catch (Exception e) when (!ct.IsCancellationRequested && e is IOException or InvalidDataException && e is not BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge })
        {
            return Refusal.Invalid("body", $"must be whole multipart/form-data: {e.Message}");
        }
    }

    private static string? Name(MultipartSection section) => ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)
        ? HeaderUtilities.RemoveQuotes(disposition.Name).Value
        : null;
}
