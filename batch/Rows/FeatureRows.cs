using ModelOps.Batch.Models;

namespace ModelOps.Batch.Rows;

/// <summary>Rows of features in the encoding of tensors. A row is added slot by slot, and kept or taken back as a whole.</summary>
internal sealed class FeatureRows(FeatureLayout layout)
{
    private readonly Column[] _columns = [.. layout.Model.Inputs.Select(_ => new Column())];

    private sealed class Column
    {
        public MemoryStream Elements { get; } = new();

        /// <summary>Where each row ends.</summary>
        public List<int> Ends { get; } = [];

        public int StartOf(int row) => row == 0 ? 0 : Ends[row - 1];
    }

    /// <summary>Rows that are kept.</summary>
    public int Count { get; private set; }

    /// <summary>Adds the next value of the row under way; slots come in their order.</summary>
    /// <returns>The rule that the value breaks; null: none.</returns>
    public string? Add(int slot, CellKind kind, ReadOnlySpan<byte> value) =>
        ElementEncoder.Append(layout.Slots[slot].Datatype, kind, value, layout.Model.AllowNaN, _columns[layout.IsMatrix ? 0 : slot].Elements);

    /// <summary>Keeps the row under way.</summary>
    public void Keep()
    {
        foreach (var column in _columns)
        {
            column.Ends.Add((int)column.Elements.Length);
        }
        Count++;
    }

    /// <summary>Forgets the row under way.</summary>
    public void TakeBack()
    {
        foreach (var column in _columns)
        {
            column.Elements.SetLength(column.StartOf(Count));
        }
    }

    /// <summary>Bytes of all rows.</summary>
    public long Bytes => _columns.Sum(column => column.Elements.Length);

    /// <summary>Some rows as the model's inputs.</summary>
    public TensorData[] Tensors(int first, int count)
    {
        var tensors = new TensorData[_columns.Length];
        for (var i = 0; i < tensors.Length; i++)
        {
            var (input, column) = (layout.Model.Inputs[i], _columns[i]);
            var (from, to) = (column.StartOf(first), column.Ends[first + count - 1]);
            tensors[i] = new(input.Name, input.Datatype, Shape(input, count), column.Elements.GetBuffer().AsMemory(from, to - from));
        }
        return tensors;
    }

    private long[] Shape(TensorInfo input, int count)
    {
        var shape = new long[input.Shape.Length];
        for (var axis = 0; axis < shape.Length; axis++)
        {
            shape[axis] = axis == 0 ? count : layout.IsMatrix ? layout.Slots.Length : 1;
        }
        return shape;
    }
}
