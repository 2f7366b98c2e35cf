using Microsoft.Extensions.Options;
using ModelOps.Onnx;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Registry.Artifacts;

/// <summary>Has uploads inspected, a few at a time.</summary>
internal sealed class ArtifactInspection : IDisposable
{
    public const string Section = "Registry:Inspection";

    private readonly ModelInspector _inspector;
    private readonly SemaphoreSlim _places;

    public ArtifactInspection(IOptions<ArtifactOptions> artifacts, IOptions<InspectionLimits> limits)
    {
        limits.Value.MaxFileBytes = artifacts.Value.MaxBytes;
        _inspector = new ModelInspector(limits.Value);
        _places = new SemaphoreSlim(artifacts.Value.MaxConcurrentInspections);
    }

    /// <summary>Reads the signature of an upload.</summary>
    /// <returns>The signature, or every rule that the file breaks.</returns>
    public async Task<Outcome<ModelSignature>> InspectAsync(ArtifactUpload upload, CancellationToken ct)
    {
        await _places.WaitAsync(ct);
        try
        {
            var found = await Task.Run(() => _inspector.Inspect(upload.Content), ct);
            return found.Signature is { } signature ? signature : Refused(found.Refusals);
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();

    private static Refusal Refused(IReadOnlyList<ModelRefusal> refusals) => Refusal.Invalid("artifact", string.Join("; ", refusals));
}
