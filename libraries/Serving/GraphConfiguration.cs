namespace ModelOps.Serving;

/// <summary>
/// Steps that answer together in place of the version's artifact alone: what is done before and after it, and other models. They are
/// joined by named values: a value that no step makes is an input of the version.
/// </summary>
public sealed record GraphConfiguration
{
    /// <summary>The steps, at most 32, in any order; none: the artifact answers alone.</summary>
    public IReadOnlyList<StepConfiguration> Steps { get; init; } = [];

    /// <summary>Values that the version answers with, in order.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];
}

/// <summary>A step: the version's own artifact, unless it is said to be something else.</summary>
public sealed record StepConfiguration
{
    /// <summary>Name, once in the graph.</summary>
    public required string Name { get; init; }

    /// <summary>The value that each of the step's inputs takes, by name of the input.</summary>
    public IReadOnlyDictionary<string, string> Inputs { get; init; } = new Dictionary<string, string>();

    /// <summary>The value that each of the step's outputs makes, by name of the output; outputs left out are not computed.</summary>
    public IReadOnlyDictionary<string, string> Outputs { get; init; } = new Dictionary<string, string>();

    /// <summary>Another registered version, its artifact alone.</summary>
    public ModelStep? Model { get; init; }

    /// <summary>Shifts and scales numbers. Input <c>input</c>, output <c>output</c>, as with all built-in steps.</summary>
    public ScaleStep? Scale { get; init; }

    /// <summary>Makes numbers of categories.</summary>
    public EncodeStep? Encode { get; init; }

    /// <summary>Makes a label of a probability.</summary>
    public ThresholdStep? Threshold { get; init; }

    /// <summary>Makes texts of indices.</summary>
    public LabelMapStep? LabelMap { get; init; }

    /// <summary>True for a step that is generated, not registered.</summary>
    public bool IsBuiltIn => Scale is not null || Encode is not null || Threshold is not null || LabelMap is not null;
}

/// <summary>A registered version.</summary>
/// <param name="Name">Name of the model, in the workspace of the version that names it.</param>
/// <param name="Version">Its version, 1 and up.</param>
public sealed record ModelStep(string Name, long Version);

/// <summary>(x - mean) / std or (x - min) / (max - min), by column of the last dimension; lists of one element hold for every column.</summary>
public sealed record ScaleStep
{
    /// <summary>Subtracted.</summary>
    public IReadOnlyList<double> Mean { get; init; } = [];

    /// <summary>Divided by; none is 0.</summary>
    public IReadOnlyList<double> Std { get; init; } = [];

    /// <summary>What becomes 0.</summary>
    public IReadOnlyList<double> Min { get; init; } = [];

    /// <summary>What becomes 1; larger than the minimum.</summary>
    public IReadOnlyList<double> Max { get; init; } = [];
}

/// <summary>Makes numbers of categories, which are texts or integers.</summary>
public sealed record EncodeStep
{
    /// <summary>One column a category, or the category's place.</summary>
    public EncodingKind Kind { get; init; } = EncodingKind.OneHot;

    /// <summary>Categories of a BYTES input.</summary>
    public IReadOnlyList<string> Texts { get; init; } = [];

    /// <summary>Categories of an INT64 input.</summary>
    public IReadOnlyList<long> Integers { get; init; } = [];

    /// <summary>What becomes of any other value.</summary>
    public UnknownCategory Unknown { get; init; } = UnknownCategory.Ignore;
}

/// <summary>What an encoding makes.</summary>
public enum EncodingKind
{
    /// <summary>FP32 [N, categories]: 1 in the category's column, 0 elsewhere.</summary>
    OneHot = 0,

    /// <summary>INT64 of the input's shape: place in the list, from 0.</summary>
    Ordinal = 1,
}

/// <summary>What becomes of a value that is no category.</summary>
public enum UnknownCategory
{
    /// <summary>Zeros in every column, or -1 as place.</summary>
    Ignore = 0,

    /// <summary>The request is refused.</summary>
    Reject = 1,
}

/// <summary>1 where a probability is at least the cut, else 0: INT64 [N].</summary>
public sealed record ThresholdStep
{
    /// <summary>The cut.</summary>
    public double Cut { get; init; } = 0.5;

    /// <summary>Column of the class that is asked for; -1: the last one.</summary>
    public int Column { get; init; } = -1;
}

/// <summary>The text at an index: BYTES of the input's shape.</summary>
public sealed record LabelMapStep
{
    /// <summary>Texts by index.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Text of any other index.</summary>
    public string Other { get; init; } = "";
}
