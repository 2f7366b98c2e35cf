using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Registry.Artifacts;

/// <summary>Bytes that arrive piece by piece, from a caller or from disk.</summary>
internal interface IByteSource
{
    /// <summary>The next piece, valid until the next call; empty at the end; a refusal when what arrives breaks a rule.</summary>
    ValueTask<Outcome<ReadOnlyMemory<byte>>> NextAsync(CancellationToken ct);
}
