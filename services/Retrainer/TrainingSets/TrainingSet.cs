namespace ModelOps.Retrainer.TrainingSets;

/// <summary>A feature of a training set.</summary>
/// <param name="Name">Name of the feature, and of the model's input.</param>
/// <param name="Type">Type; a text is a category, everything else a number.</param>
internal sealed record Column(string Name, ValueType Type)
{
    /// <summary>True for a number, false for a category.</summary>
    public bool IsNumeric => Type != ValueType.String;
}

/// <summary>One row.</summary>
/// <param name="EventTime">When it happened.</param>
/// <param name="Values">
/// Values in the order of the columns: a string for a category, a double for any other type (truth values are 0 and 1), null where
/// there is none.
/// </param>
/// <param name="Label">The outcome, 0 or 1.</param>
internal sealed record TrainingRow(DateTimeOffset EventTime, object?[] Values, int Label);

/// <summary>Rows to learn from, in order of event time, the same from every arrival order of the same facts.</summary>
/// <param name="Columns">The features, in the order a model takes them.</param>
/// <param name="Rows">The rows.</param>
internal sealed record TrainingSet(IReadOnlyList<Column> Columns, IReadOnlyList<TrainingRow> Rows)
{
    /// <summary>Values of a numeric column; NaN where there is none.</summary>
    public double[] Numbers(int column) => [.. Rows.Select(row => row.Values[column] as double? ?? double.NaN)];

    /// <summary>Values of a category; null where there is none.</summary>
    public string?[] Texts(int column) => [.. Rows.Select(row => row.Values[column] as string)];

    /// <summary>The outcomes.</summary>
    public int[] Labels() => [.. Rows.Select(row => row.Label)];

    /// <summary>
    /// The rows that are held out, or the others: of every ten consecutive rows the last ones are held out. New rows come behind old
    /// ones, so what was held out once stays held out.
    /// </summary>
    public TrainingSet Split(int holdoutTenths, bool heldOut) =>
        this with { Rows = [.. Rows.Where((_, i) => (i % 10 >= 10 - holdoutTenths) == heldOut)] };
}
