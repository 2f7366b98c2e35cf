using System.ComponentModel.DataAnnotations;

namespace ModelOps.Onnx;

/// <summary>Bounds that an ONNX file must keep. The defaults let through what ONNX Runtime 1.29 serves.</summary>
public sealed class InspectionLimits
{
    /// <summary>Largest file in bytes; protobuf itself ends below 2 GiB.</summary>
    [Range(1, int.MaxValue)]
    public long MaxFileBytes { get; set; } = 512L << 20;

    /// <summary>Oldest version of the file format.</summary>
    [Range(1, 100)]
    public long MinIrVersion { get; set; } = 3;

    /// <summary>Newest version of the file format.</summary>
    [Range(1, 100)]
    public long MaxIrVersion { get; set; } = 13;

    /// <summary>Operator sets a model may import, by domain; the default domain is <c>ai.onnx</c>.</summary>
    public Dictionary<string, OpsetRange> Domains { get; } = new(StringComparer.Ordinal)
    {
        [OperatorDomain.Default] = new(7, 25),
        [OperatorDomain.MachineLearning] = new(1, 5),
        [OperatorDomain.Microsoft] = new(1, 1),
    };

    /// <summary>Operators that are refused though their domain is allowed, as <c>domain:Operator</c>.</summary>
    public HashSet<string> ForbiddenOperators { get; } = new(StringComparer.Ordinal)
    {
        // Loads a compiled graph from a file that the model names.
        $"{OperatorDomain.Microsoft}:EPContext",
    };

    /// <summary>When not empty, the only operators that are allowed, as <c>domain:Operator</c>.</summary>
    public HashSet<string> AllowedOperators { get; } = new(StringComparer.Ordinal);

    /// <summary>Most nodes, those of subgraphs and of called functions counted as often as they are used.</summary>
    [Range(1, 10_000_000)]
    public int MaxNodes { get; set; } = 100_000;

    /// <summary>Most functions that the file defines.</summary>
    [Range(0, 10_000)]
    public int MaxFunctions { get; set; } = 1_000;

    /// <summary>Most fields in the file, elements of packed lists aside; bounds the memory that reading takes.</summary>
    [Range(1, 100_000_000)]
    public int MaxFields { get; set; } = 4_000_000;

    /// <summary>Most bytes of packed variable-length integers, each of which may take eight times its size in memory.</summary>
    [Range(1, int.MaxValue)]
    public long MaxPackedIntegerBytes { get; set; } = 64L << 20;

    /// <summary>Deepest nesting of messages.</summary>
    [Range(8, 90)]
    public int MaxNesting { get; set; } = 64;

    /// <summary>Deepest nesting of graphs inside If, Loop and Scan.</summary>
    [Range(0, 20)]
    public int MaxControlFlowDepth { get; set; } = 8;

    /// <summary>Most elements of one tensor, stored or declared.</summary>
    [Range(1, long.MaxValue)]
    public long MaxTensorElements { get; set; } = 1L << 30;

    /// <summary>Most inputs, and most outputs.</summary>
    [Range(1, 100_000)]
    public int MaxInputs { get; set; } = 4_096;

    /// <summary>Longest name of an input or output, in characters.</summary>
    [Range(1, 65_536)]
    public int MaxNameLength { get; set; } = 512;

    /// <summary>Most metadata_props.</summary>
    [Range(0, 1_000_000)]
    public int MaxMetadataEntries { get; set; } = 1_000;
}

/// <summary>Versions of a domain's operators.</summary>
/// <param name="Min">Oldest.</param>
/// <param name="Max">Newest.</param>
public readonly record struct OpsetRange(long Min, long Max);

/// <summary>Domains of operators.</summary>
public static class OperatorDomain
{
    /// <summary>The default domain; in files usually the empty string.</summary>
    public const string Default = "ai.onnx";

    /// <summary>Classical machine learning.</summary>
    public const string MachineLearning = "ai.onnx.ml";

    /// <summary>ONNX Runtime's own operators, which its quantization and fusion tools write.</summary>
    public const string Microsoft = "com.microsoft";

    internal static string Canonical(string domain) => domain.Length == 0 ? Default : domain;
}
