namespace ModelOps.Serving;

/// <summary>Reads the section <c>graph</c>.</summary>
internal static class GraphReader
{
    private const int MaxTensors = 256;
    private const int MaxColumns = 4_096;

    public static GraphConfiguration Read(ServingMembers members)
    {
        var read = new GraphConfiguration
        {
            Steps = members.Sections("steps", GraphRules.MaxSteps, Step),
            Outputs = members.Names("outputs", MaxTensors),
        };
        members.RefuseOthers();
        if (GraphRules.Check(read) is { } problem)
        {
            members.Refuse(problem.Field, problem.Rule);
        }
        return read;
    }

    private static StepConfiguration Step(ServingMembers members)
    {
        var read = new StepConfiguration
        {
            Name = members.Name("name"),
            Inputs = members.Map("inputs", MaxTensors, (inputs, name) => inputs.Name(name)),
            Outputs = members.Map("outputs", MaxTensors, (outputs, name) => outputs.Name(name)),
            Model = members.OptionalSection("model", Model),
            Scale = members.OptionalSection("scale", Scale),
            Encode = members.OptionalSection("encode", Encode),
            Threshold = members.OptionalSection("threshold", Threshold),
            LabelMap = members.OptionalSection("label_map", LabelMap),
        };
        if (new object?[] { read.Model, read.Scale, read.Encode, read.Threshold, read.LabelMap }.Count(kind => kind is not null) > 1)
        {
            members.Refuse("name", "must be the name of one step: at most one of model, scale, encode, threshold and label_map may be there");
        }
        members.RefuseOthers();
        return read;
    }

    private static ModelStep Model(ServingMembers members)
    {
        var read = new ModelStep(members.Name("name"), members.Long("version", 0, 1, long.MaxValue));
        if (read.Version == 0)
        {
            members.Refuse("version", "must be said");
        }
        members.RefuseOthers();
        return read;
    }

    private static ScaleStep Scale(ServingMembers members)
    {
        var read = new ScaleStep
        {
            Mean = members.Numbers("mean", MaxColumns),
            Std = members.Numbers("std", MaxColumns),
            Min = members.Numbers("min", MaxColumns),
            Max = members.Numbers("max", MaxColumns),
        };
        members.RefuseOthers();
        return read;
    }

    private static EncodeStep Encode(ServingMembers members)
    {
        var read = new EncodeStep
        {
            Kind = members.Choice("kind", EncodingKind.OneHot),
            Texts = members.OptionalTexts("texts", MaxColumns) ?? [],
            Integers = members.Longs("integers", MaxColumns, long.MinValue, long.MaxValue),
            Unknown = members.Choice("unknown", UnknownCategory.Ignore),
        };
        members.RefuseOthers();
        return read;
    }

    private static ThresholdStep Threshold(ServingMembers members)
    {
        var read = new ThresholdStep { Cut = members.Number("cut", 0.5, -1e6, 1e6), Column = members.Whole("column", -1, -1, MaxColumns) };
        members.RefuseOthers();
        return read;
    }

    private static LabelMapStep LabelMap(ServingMembers members)
    {
        var read = new LabelMapStep { Labels = members.OptionalTexts("labels", MaxColumns) ?? [], Other = members.OptionalText("other") ?? "" };
        members.RefuseOthers();
        return read;
    }
}
