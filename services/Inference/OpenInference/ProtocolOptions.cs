using System.ComponentModel.DataAnnotations;

namespace ModelOps.Inference.OpenInference;

/// <summary>How the server speaks of itself and how it answers.</summary>
internal sealed class ProtocolOptions
{
    public const string Section = "Inference";

    /// <summary>Name in the server's metadata. Some of Triton's clients insist on <c>triton</c>.</summary>
    [RegularExpression("^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$")]
    public string ServerName { get; set; } = "modelops";

    /// <summary>Requests of one stream that are run at the same time; the next one is read when the oldest is answered.</summary>
    [Range(1, 1024)]
    public int MaxStreamRequests { get; set; } = 16;
}
