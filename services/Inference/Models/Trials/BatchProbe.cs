namespace ModelOps.Inference.Models.Trials;

/// <summary>What a model's runs show about its first dimension.</summary>
/// <param name="HasRows">True when rows that run together give what each gives alone: the first dimension is a batch dimension.</param>
/// <param name="OutputRows">Shape of one row of every output; null when it has no rows, or their shape varies.</param>
internal sealed record BatchTraits(bool HasRows, long[][]? OutputRows)
{
    public static readonly BatchTraits None = new(HasRows: false, null);
}

/// <summary>
/// Finds out whether the first dimension of a model is a batch dimension, by running pairs of rows alone and together: nothing in a file says
/// so, and a model that looks at all rows at once, such as one that subtracts their mean, would answer wrongly in a batch.
/// </summary>
internal static class BatchProbe
{
    /// <summary>One pair may agree by chance where outputs are labels.</summary>
    private const int Pairs = 4;

    public static BatchTraits Look(TrialRuns trial)
    {
        var schema = trial.Schema;
        if (!schema.Inputs.Concat(schema.Outputs).All(tensor => tensor.Shape is [< 0, ..]))
        {
            return BatchTraits.None;
        }
        var traits = BatchTraits.None;
        for (var pair = 0; pair < Pairs; pair++)
        {
            traits = Look(trial, 2 * pair);
            if (!traits.HasRows)
            {
                break;
            }
        }
        return traits;
    }

    private static BatchTraits Look(TrialRuns trial, int firstRow)
    {
        using var first = trial.Run(trial.Inputs.Numbered(firstRow, 1));
        using var second = trial.Run(trial.Inputs.Numbered(firstRow + 1, 1));
        using var both = trial.Run(trial.Inputs.Numbered(firstRow, 2));
        if (first is null || second is null || both is null)
        {
            return BatchTraits.None;
        }
        for (var i = 0; i < both.Outputs.Length; i++)
        {
            if (!IsConcatenation(first.Outputs[i], second.Outputs[i], both.Outputs[i]))
            {
                return BatchTraits.None;
            }
        }
        return new(HasRows: true, [.. both.Outputs.ToArray().Select(output => output.Shape[1..])]);
    }

    private static bool IsConcatenation(in OutputTensor first, in OutputTensor second, in OutputTensor both)
    {
        if (first.Shape is not [1, ..] || second.Shape is not [1, ..] || both.Shape is not [2, ..]
            || !first.Shape.AsSpan(1).SequenceEqual(both.Shape.AsSpan(1)) || !second.Shape.AsSpan(1).SequenceEqual(both.Shape.AsSpan(1)))
        {
            return false;
        }
        var perRow = first.Elements;
        for (var i = 0; i < both.Elements; i++)
        {
            if (!(i < perRow ? AreEqual(first, i, both, i) : AreEqual(second, i - perRow, both, i)))
            {
                return false;
            }
        }
        return true;
    }

    private static bool AreEqual(in OutputTensor one, int at, in OutputTensor other, int otherAt)
    {
        var datatype = one.Schema.Datatype;
        if (datatype.Size == 0)
        {
            return one.Text(at).SequenceEqual(other.Text(otherAt));
        }
        return datatype.IsFloatingPoint
            ? AreClose(one.FloatingPoint(at), other.FloatingPoint(otherAt), datatype.Size)
            : one.Numbers.Slice(at * datatype.Size, datatype.Size).SequenceEqual(other.Numbers.Slice(otherAt * datatype.Size, datatype.Size));
    }

    /// <summary>Kernels sum in another order for another number of rows.</summary>
    private static bool AreClose(double one, double other, int size)
    {
        var tolerance = size == sizeof(short) ? 0.02 : 0.0005;
        return one.Equals(other) || Math.Abs(one - other) <= tolerance * (1 + Math.Abs(one));
    }
}
