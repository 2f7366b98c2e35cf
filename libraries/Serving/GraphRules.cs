namespace ModelOps.Serving;

/// <summary>Do the steps of a graph fit together, as far as their configuration tells: every value made once, no step waiting for itself?</summary>
public static class GraphRules
{
    /// <summary>Most steps.</summary>
    public const int MaxSteps = 32;

    /// <summary>Most inputs that one value goes to.</summary>
    public const int MaxFanOut = 64;

    /// <summary>Name of a built-in step's only input.</summary>
    public const string BuiltInInput = "input";

    /// <summary>Name of a built-in step's only output.</summary>
    public const string BuiltInOutput = "output";

    /// <summary>The first rule that a graph breaks, by its path below the graph; null: none.</summary>
    public static ServingProblem? Check(GraphConfiguration graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        if (graph.Steps.Count == 0)
        {
            return graph.Outputs.Count > 0 ? new("outputs", "must be empty where there is no step") : null;
        }
        if (graph.Steps.Count > MaxSteps)
        {
            return new("steps", $"may have at most {MaxSteps} elements, it has {graph.Steps.Count}");
        }
        if (graph.Steps.All(step => step.IsBuiltIn || step.Model is not null))
        {
            return new("steps", "must have a step that is the version's own artifact");
        }
        return CheckSteps(graph) ?? CheckOutputs(graph) ?? CheckFanOut(graph)
            ?? (Order(graph) is null ? new("steps", "must not wait for each other in a circle") : null);
    }

    /// <summary>The steps in an order in which each comes after those it takes values from.</summary>
    /// <returns>Null when there is none.</returns>
    public static IReadOnlyList<int>? Order(GraphConfiguration graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var makers = Makers(graph);
        var left = Enumerable.Range(0, graph.Steps.Count).ToList();
        var (order, done) = (new List<int>(), new HashSet<int>());
        while (left.Count > 0)
        {
            var next = left.FindIndex(step => graph.Steps[step].Inputs.Values.All(value => !makers.TryGetValue(value, out var maker) || done.Contains(maker)));
            if (next < 0)
            {
                return null;
            }
            order.Add(left[next]);
            done.Add(left[next]);
            left.RemoveAt(next);
        }
        return order;
    }

    /// <summary>The step that makes each value; the first one where several do.</summary>
    private static Dictionary<string, int> Makers(GraphConfiguration graph)
    {
        var makers = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < graph.Steps.Count; i++)
        {
            foreach (var value in graph.Steps[i].Outputs.Values)
            {
                makers.TryAdd(value, i);
            }
        }
        return makers;
    }

    private static ServingProblem? CheckSteps(GraphConfiguration graph)
    {
        var (names, made) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        for (var i = 0; i < graph.Steps.Count; i++)
        {
            var step = graph.Steps[i];
            var path = $"steps[{i}]";
            if (!names.Add(step.Name))
            {
                return new($"{path}.name", $"'{step.Name}' is the name of another step");
            }
            if (step.Inputs.Count == 0 || step.Outputs.Count == 0)
            {
                return new($"{path}.{(step.Inputs.Count == 0 ? "inputs" : "outputs")}", "must not be empty");
            }
            if (step.IsBuiltIn && (step.Inputs.Count > 1 || !step.Inputs.ContainsKey(BuiltInInput)))
            {
                return new($"{path}.inputs", $"must be '{BuiltInInput}' alone: a built-in step has no other");
            }
            if (step.IsBuiltIn && (step.Outputs.Count > 1 || !step.Outputs.ContainsKey(BuiltInOutput)))
            {
                return new($"{path}.outputs", $"must be '{BuiltInOutput}' alone: a built-in step has no other");
            }
            if (step.Outputs.FirstOrDefault(output => !made.Add(output.Value)) is { Key: { } output, Value: { } value })
            {
                return new($"{path}.outputs.{output}", $"'{value}' is made by another output");
            }
            if (CheckBuiltIn(step) is { } problem)
            {
                return problem with { Field = $"{path}.{problem.Field}" };
            }
        }
        return null;
    }

    private static ServingProblem? CheckBuiltIn(StepConfiguration step) => step switch
    {
        { Scale: { } scale } => CheckScale(scale),
        { Encode: { } encode } when encode.Texts.Count > 0 == encode.Integers.Count > 0 => new("encode", "must have either texts or integers"),
        { Encode: { } encode } when encode.Texts.Distinct(StringComparer.Ordinal).Count() < encode.Texts.Count => new("encode.texts", "must have each category once"),
        { Encode: { } encode } when encode.Integers.Distinct().Count() < encode.Integers.Count => new("encode.integers", "must have each category once"),
        { LabelMap.Labels.Count: 0 } => new("label_map.labels", "must not be empty"),
        _ => null,
    };

    private static ServingProblem? CheckScale(ScaleStep scale)
    {
        var isStandard = scale.Mean.Count > 0 && scale.Std.Count > 0 && scale.Min.Count == 0 && scale.Max.Count == 0;
        var isRange = scale.Min.Count > 0 && scale.Max.Count > 0 && scale.Mean.Count == 0 && scale.Std.Count == 0;
        return !isStandard && !isRange ? new("scale", "must have either mean and std or min and max")
            : isStandard && scale.Mean.Count != scale.Std.Count ? new("scale.std", $"must have as many elements as mean, {scale.Mean.Count}")
            : isRange && scale.Min.Count != scale.Max.Count ? new("scale.max", $"must have as many elements as min, {scale.Min.Count}")
            : scale.Std.Contains(0) ? new("scale.std", "must not be 0")
            : scale.Min.Zip(scale.Max).Any(range => range.First >= range.Second) ? new("scale.max", "must be larger than min")
            : null;
    }

    private static ServingProblem? CheckOutputs(GraphConfiguration graph)
    {
        if (graph.Outputs.Count == 0)
        {
            return new("outputs", "must not be empty");
        }
        var makers = Makers(graph);
        for (var i = 0; i < graph.Outputs.Count; i++)
        {
            if (!makers.ContainsKey(graph.Outputs[i]))
            {
                return new($"outputs[{i}]", $"'{graph.Outputs[i]}' is made by no step");
            }
        }
        return null;
    }

    private static ServingProblem? CheckFanOut(GraphConfiguration graph)
    {
        var widest = graph.Steps.SelectMany(step => step.Inputs.Values).CountBy(value => value, StringComparer.Ordinal).MaxBy(use => use.Value);
        return widest.Value > MaxFanOut ? new("steps", $"may take a value at most {MaxFanOut} times, '{widest.Key}' is taken {widest.Value} times") : null;
    }
}
