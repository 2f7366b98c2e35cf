using ModelOps.Registry.Artifacts;
using ModelOps.Registry.Models;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Registry.Versions;

/// <summary>Register the next version of a model.</summary>
/// <param name="Model">The model; made when it does not exist.</param>
/// <param name="ExpectedSha256">Digest the artifact must have; empty when the caller does not say.</param>
/// <param name="Metadata">What is said about it.</param>
internal sealed record RegisterVersion(ModelKey Model, string ExpectedSha256, VersionMetadata Metadata)
{
    /// <summary>Where it comes from.</summary>
    public Lineage Lineage { get; init; } = new();

    /// <summary>Its reference profile as JSON; empty: none.</summary>
    public ReadOnlyMemory<byte> Profile { get; init; }

    /// <summary>How it wants to be served, as JSON; empty: nothing is configured.</summary>
    public ReadOnlyMemory<byte> Serving { get; init; }

    /// <summary>Who registers it.</summary>
    public string Actor { get; init; } = "";
}

/// <summary>Takes an upload in, has it checked, and registers it. Nothing stays behind unless everything held.</summary>
internal sealed class RegisterVersionHandler(
    ArtifactStore artifacts, ArtifactInspection inspection, VersionStore versions, TimeProvider clock, RegistryMetrics metrics)
{
    /// <summary>Registers a version.</summary>
    /// <param name="command">What is said about it.</param>
    /// <param name="source">Its bytes; read to the end unless they are refused before.</param>
    /// <param name="ct">Ends the upload.</param>
    public async Task<Outcome<ModelVersion>> HandleAsync(RegisterVersion command, IByteSource source, CancellationToken ct)
    {
        var outcome = VersionRules.Check(command) is { } refusal ? refusal : await ReceiveAsync(command, source, ct);
        metrics.Registered(outcome);
        return outcome;
    }

    private async Task<Outcome<ModelVersion>> ReceiveAsync(RegisterVersion command, IByteSource source, CancellationToken ct)
    {
        var begun = artifacts.Begin();
        if (!begun.Succeeded)
        {
            return begun.Refusal;
        }
        await using var upload = begun.Value;
        if (await upload.ReceiveAsync(source, ct) is { } refusal)
        {
            return refusal;
        }
        if (command.ExpectedSha256.Length > 0 && command.ExpectedSha256 != upload.Sha256)
        {
            return Refusal.Invalid("sha256", $"must be the digest of the artifact, which is {upload.Sha256}");
        }
        var inspected = await inspection.InspectAsync(upload, ct);
        if (!inspected.Succeeded)
        {
            return inspected.Refusal;
        }
        var draft = new ModelVersion(command.Model, 0, upload.Sha256, upload.Size, inspected.Value, command.Metadata, Now())
        {
            Lineage = command.Lineage,
            HasReferenceProfile = !command.Profile.IsEmpty,
            Serving = ServingRules.Canonical(command.Serving),
        };
        return await versions.AddAsync(draft, command.Profile, command.Actor, () => upload.PublishAsync(artifacts.Locate(upload.Sha256)), ct);
    }

    /// <summary>The time in microseconds, as the database keeps it: what is answered now is what is read later.</summary>
    private DateTimeOffset Now() => new(clock.GetUtcNow().Ticks / TimeSpan.TicksPerMicrosecond * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
}
