using System.ComponentModel.DataAnnotations;

namespace ModelOps.Inference.Models.Caching;

/// <summary>Bounds of the cache of answers. Which versions use it, each says itself (<c>serving.response_cache.enabled</c>).</summary>
internal sealed class ResponseCacheOptions
{
    public const string Section = "Inference:ResponseCache";

    /// <summary>Bytes of all answers kept, of all versions together. The ones unused for longest go first.</summary>
    [Range(1 << 20, 1L << 40)]
    public long MaxBytes { get; set; } = 64 << 20;
}
