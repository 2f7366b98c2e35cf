using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;
using ModelOps.Serving;

namespace ModelOps.Inference.Models.Graphs;

/// <summary>A step with its tensors tied to values.</summary>
/// <param name="Inputs">Value of each input, in the order of <paramref name="InputNames"/>.</param>
/// <param name="InputNames">Names of its inputs.</param>
/// <param name="Outputs">Value of each output that is wanted, in the order of <paramref name="OutputNames"/>.</param>
/// <param name="OutputNames">Names of those outputs.</param>
internal sealed record WiredStep(int[] Inputs, string[] InputNames, int[] Outputs, string[] OutputNames);

/// <summary>
/// Ties the steps of a graph together, one after the other in the order they run, and checks that what one gives is what the next one
/// takes. What no step makes is an input of the whole.
/// </summary>
internal sealed class GraphWiring(GraphConfiguration graph)
{
    /// <summary>In place of a step's ordinal: all of them.</summary>
    private const int EveryStep = -1;
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<TensorSchema> _values = [];
    private readonly List<int> _inputs = [];
    private readonly List<WiredStep> _steps = [];
    private readonly Dictionary<(int Step, string Symbol), (int Input, int Axis)> _named = [];
    private readonly HashSet<SharedDimension> _shared = [];
    private readonly HashSet<string> _made = graph.Steps.SelectMany(step => step.Outputs.Values).ToHashSet(StringComparer.Ordinal);

    /// <summary>The steps so far.</summary>
    public IReadOnlyList<WiredStep> Steps => _steps;

    /// <summary>Number of values so far.</summary>
    public int Values => _values.Count;

    /// <summary>Numbers of the values that are inputs of the whole, in the order of its schema.</summary>
    public int[] Inputs => [.. _inputs];

    /// <summary>What a value is; null for one that nothing has said anything of yet.</summary>
    public TensorSchema? Find(string value) => _numbers.TryGetValue(value, out var number) ? _values[number] : null;

    /// <summary>The number of an answered value.</summary>
    public int NumberOf(string value) => _numbers[value];

    /// <summary>Adds the next step in the order of execution.</summary>
    /// <param name="ordinal">Its place in the configuration.</param>
    /// <param name="schema">What it takes and gives.</param>
    public Refusal? Add(int ordinal, ModelSchema schema)
    {
        var step = graph.Steps[ordinal];
        var path = $"serving.graph.steps[{ordinal}]";
        if (step.Inputs.Keys.FirstOrDefault(name => schema.FindInput(name) < 0) is { } unknownInput)
        {
            return Refusal.Invalid($"{path}.inputs.{unknownInput}", $"is unknown; the step takes {ModelSchema.Names(schema.Inputs)}");
        }
        if (step.Outputs.Keys.FirstOrDefault(name => schema.FindOutput(name) < 0) is { } unknownOutput)
        {
            return Refusal.Invalid($"{path}.outputs.{unknownOutput}", $"is unknown; the step gives {ModelSchema.Names(schema.Outputs)}");
        }
        var taken = new int[schema.Inputs.Length];
        for (var i = 0; i < taken.Length; i++)
        {
            var input = schema.Inputs[i];
            if (!step.Inputs.TryGetValue(input.Name, out var value))
            {
                return Refusal.Invalid($"{path}.inputs", $"must say where '{input.Name}' comes from; the step takes {ModelSchema.Names(schema.Inputs)}");
            }
            if (Take(value, input, out taken[i]) is { } rule)
            {
                return Refusal.Invalid($"{path}.inputs.{input.Name}", rule);
            }
        }
        Tie(ordinal, schema.Inputs, taken);
        string[] wanted = [.. schema.Outputs.Select(output => output.Name).Where(step.Outputs.ContainsKey)];
        int[] made = [.. wanted.Select(name => Define(step.Outputs[name], schema.Outputs[schema.FindOutput(name)]))];
        _steps.Add(new(taken, [.. schema.Inputs.Select(input => input.Name)], made, wanted));
        return null;
    }

    /// <summary>What the whole takes and gives.</summary>
    /// <param name="allowNaN">Whether it takes NaN.</param>
    public ModelSchema Schema(bool allowNaN) =>
        new([.. _inputs.Select(number => _values[number])], [.. graph.Outputs.Select(value => _values[_numbers[value]])], allowNaN, [.. _shared]);

    /// <returns>The rule that is broken; null: none.</returns>
    private string? Take(string value, TensorSchema input, out int number)
    {
        if (!_numbers.TryGetValue(value, out number))
        {
            number = Define(value, input);
            _inputs.Add(number);
            return null;
        }
        var known = _values[number];
        var fits = ReferenceEquals(known.Datatype, input.Datatype) && known.Shape.Length == input.Shape.Length
            && known.Shape.Zip(input.Shape).All(axis => axis.First < 0 || axis.Second < 0 || axis.First == axis.Second);
        if (!fits)
        {
            return $"takes {Text(input)}, value '{value}' is {Text(known)}";
        }
        if (!_made.Contains(value))
        {
            // Two steps share an input of the whole: it must be what both take.
            _values[number] = known with { Shape = [.. known.Shape.Zip(input.Shape, Math.Max)] };
        }
        return null;
    }

    /// <summary>
    /// Ties dimensions of inputs of the whole that one name gives one length. The name of a first dimension, which counts rows, is common to
    /// all steps; any other is the step's own: models that know nothing of each other use the same ones.
    /// </summary>
    private void Tie(int ordinal, TensorSchema[] inputs, int[] taken)
    {
        var given = inputs.Zip(taken, (input, value) => (Input: _inputs.IndexOf(value), input.Symbols)).Where(input => input.Input >= 0).ToList();
        var rows = given.SelectMany(input => input.Symbols.Take(1)).ToHashSet(StringComparer.Ordinal);
        foreach (var (input, symbols) in given)
        {
            foreach (var (axis, symbol) in symbols.Index().Where(named => named.Item.Length > 0))
            {
                var name = (rows.Contains(symbol) ? EveryStep : ordinal, symbol);
                if (!_named.TryAdd(name, (input, axis)) && _named[name] is var first && first != (input, axis))
                {
                    _shared.Add(new(input, axis, first.Input, first.Axis, symbol));
                }
            }
        }
    }

    private int Define(string value, TensorSchema schema)
    {
        var number = _numbers[value] = _values.Count;
        _values.Add(schema with { Name = value });
        return number;
    }

    private static string Text(TensorSchema schema) => $"{schema.Datatype.Name} {TensorShape.Text(schema.Shape)}";
}
