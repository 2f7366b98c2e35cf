using ModelOps.Batch.Models;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Batch.Rows;

/// <summary>A feature that a model takes.</summary>
/// <param name="Name">Name of its column.</param>
/// <param name="Datatype">Type of its value, by the protocol's name.</param>
internal sealed record FeatureSlot(string Name, string Datatype);

/// <summary>The features of a model and how rows of them become its inputs.</summary>
internal sealed class FeatureLayout
{
    private const int NamesShown = 20;

    private FeatureLayout(BatchModel model, FeatureSlot[] slots, bool isMatrix, bool isNamed)
    {
        (Model, Slots, IsMatrix, IsNamed) = (model, slots, isMatrix, isNamed);
        // A model whose first dimension is fixed, or that takes scalars, predicts one row a run.
        MostRows = model.Inputs.All(input => input.Shape is [< 0, ..]) ? int.MaxValue : 1;
    }

    public BatchModel Model { get; }

    public FeatureSlot[] Slots { get; }

    /// <summary>True for one input with a column per feature, false for an input per feature.</summary>
    public bool IsMatrix { get; }

    /// <summary>False when the names are made up: x0, x1, ...</summary>
    public bool IsNamed { get; }

    /// <summary>Most rows of one run.</summary>
    public int MostRows { get; }

    /// <summary>Lays out a model with one input of one column per feature, or one matrix input.</summary>
    public static Outcome<FeatureLayout> Of(BatchModel model)
    {
        var (inputs, names) = (model.Inputs, model.FeatureNames);
        if (inputs is [{ Shape: [not > 1, > 1 and var width] }])
        {
            var isNamed = names.Length == width && names.Distinct(StringComparer.Ordinal).Count() == names.Length;
            var columns = isNamed ? names : [.. Enumerable.Range(0, (int)width).Select(column => $"x{column}")];
            return new FeatureLayout(model, [.. columns.Select(name => new FeatureSlot(name, inputs[0].Datatype))], isMatrix: true, isNamed);
        }
        return inputs.Length > 0 && inputs.All(input => input.Shape.Length <= 2 && input.Shape.All(length => length is < 0 or 1))
            ? new FeatureLayout(model, [.. inputs.Select(input => new FeatureSlot(input.Name, input.Datatype))], isMatrix: false, isNamed: true)
            : new Refusal(RefusalKind.FailedPrecondition,
                $"model '{model.Name}' version {model.Version} takes no table: it must have one input of one column per feature, or one matrix input of known width");
    }

    /// <summary>Names for a message; the first ones where there are many.</summary>
    public string Names() => Shown(Slots.Select(slot => slot.Name), Slots.Length);

    public static string Shown(IEnumerable<string> names, int count)
    {
        var shown = string.Join(", ", names.Take(NamesShown).Select(name => $"'{name}'"));
        return count > NamesShown ? $"{shown} and {count - NamesShown} more" : shown;
    }
}
