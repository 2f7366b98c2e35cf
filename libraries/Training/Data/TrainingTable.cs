namespace ModelOps.Training.Data;

/// <summary>Rows to learn from, stored by column, with one binary label each. Immutable.</summary>
public sealed class TrainingTable
{
    private readonly float[]?[] _numeric;
    private readonly int[]?[] _codes;
    private readonly int[] _labels;

    private TrainingTable(IReadOnlyList<FeatureColumn> columns, float[]?[] numeric, int[]?[] codes, int[] labels)
    {
        Columns = columns;
        _numeric = numeric;
        _codes = codes;
        _labels = labels;
    }

    /// <summary>The features, in the order a model takes them.</summary>
    public IReadOnlyList<FeatureColumn> Columns { get; }

    /// <summary>Number of rows.</summary>
    public int RowCount => _labels.Length;

    /// <summary>1 for a positive row, 0 for a negative one.</summary>
    public ReadOnlySpan<int> Labels => _labels;

    /// <summary>Values of a numeric column.</summary>
    public ReadOnlySpan<float> Numeric(int column) =>
        _numeric[column] ?? throw new ArgumentException($"column {Columns[column].Name} is not numeric", nameof(column));

    /// <summary>Category codes of a categorical column; -1 for a text the column does not know.</summary>
    public ReadOnlySpan<int> Codes(int column) =>
        _codes[column] ?? throw new ArgumentException($"column {Columns[column].Name} is not categorical", nameof(column));

    /// <summary>Category codes of a column as a model knows its categories: texts the model does not know become -1.</summary>
    internal int[] CodesAs(int column, CategoricalColumn known)
    {
        var own = Columns[column] as CategoricalColumn ?? throw new ArgumentException($"column {Columns[column].Name} is not categorical", nameof(column));
        int[] codes = [.. own.Categories.Select(known.CodeOf)];
        return [.. _codes[column]!.Select(code => code < 0 ? -1 : codes[code])];
    }

    /// <summary>Refuses a table that a model with these columns cannot read.</summary>
    internal void RefuseOtherThan(IReadOnlyList<FeatureColumn> columns)
    {
        if (!Columns.Select(Signature).SequenceEqual(columns.Select(Signature)))
        {
            throw new ArgumentException(
                $"the table has the columns {string.Join(", ", Columns.Select(Signature))}; the model takes {string.Join(", ", columns.Select(Signature))}");
        }
        static string Signature(FeatureColumn column) => column is NumericColumn ? column.Name : $"{column.Name} (text)";
    }

    /// <summary>Refuses a table nothing can be learned from.</summary>
    internal void RefuseOneClass()
    {
        if (Columns.Count == 0)
        {
            throw new ArgumentException("there is no column to learn from");
        }
        if (Labels.IndexOf(0) < 0 || Labels.IndexOf(1) < 0)
        {
            throw new ArgumentException("the labels must hold both classes");
        }
    }

    /// <summary>Some of the rows, in their order.</summary>
    /// <param name="keep">Asked for every row number, from 0.</param>
    public TrainingTable Where(Func<int, bool> keep)
    {
        int[] rows = [.. Enumerable.Range(0, RowCount).Where(keep)];
        return new TrainingTable(
            Columns,
            Array.ConvertAll(_numeric, values => Pick(values, rows)),
            Array.ConvertAll(_codes, values => Pick(values, rows)),
            Pick(_labels, rows)!);
    }

    private static T[]? Pick<T>(T[]? values, int[] rows) => values is null ? null : Array.ConvertAll(rows, row => values[row]);

    /// <summary>Collects columns of equal length into a table.</summary>
    public sealed class Builder
    {
        private readonly List<FeatureColumn> _columns = [];
        private readonly List<float[]?> _numeric = [];
        private readonly List<int[]?> _codes = [];

        /// <summary>Adds a numeric feature.</summary>
        public Builder Add(NumericColumn column, IEnumerable<float> values) => Add(column, [.. values], null);

        /// <summary>Adds a categorical feature.</summary>
        public Builder Add(CategoricalColumn column, IEnumerable<string> values) => Add(column, null, [.. values.Select(column.CodeOf)]);

        /// <summary>Makes the table.</summary>
        /// <param name="labels">One label a row, 0 or 1.</param>
        /// <exception cref="ArgumentException">A column has another length than the labels, a name stands twice, or a label is neither 0 nor 1.</exception>
        public TrainingTable Build(IEnumerable<int> labels)
        {
            int[] all = [.. labels];
            var bad = Array.FindIndex(all, label => label is not (0 or 1));
            if (bad >= 0)
            {
                throw new ArgumentException($"label of row {bad} is {all[bad]}; it must be 0 or 1", nameof(labels));
            }

            for (var i = 0; i < _columns.Count; i++)
            {
                var length = _numeric[i]?.Length ?? _codes[i]!.Length;
                if (length != all.Length)
                {
                    throw new ArgumentException($"column {_columns[i].Name} has {length} values for {all.Length} labels", nameof(labels));
                }
            }
            return new TrainingTable([.. _columns], [.. _numeric], [.. _codes], all);
        }

        private Builder Add(FeatureColumn column, float[]? numeric, int[]? codes)
        {
            if (_columns.Exists(known => known.Name == column.Name))
            {
                throw new ArgumentException($"column {column.Name} is there already", nameof(column));
            }
            _columns.Add(column);
            _numeric.Add(numeric);
            _codes.Add(codes);
            return this;
        }
    }
}
