using System.ComponentModel.DataAnnotations;

namespace ModelOps.Inference;

/// <summary>How much a caller may send.</summary>
internal sealed class RequestLimits
{
    public const string Section = "Inference";

    /// <summary>Largest request, as a gRPC message or as a REST body. Larger ones are refused with RESOURCE_EXHAUSTED or 413.</summary>
    [Range(1024, int.MaxValue - 1024)]
    public int MaxRequestBytes { get; set; } = 64 << 20;
}
