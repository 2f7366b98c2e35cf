using ModelOps.Training.Data;

namespace ModelOps.Training.Trees;

/// <summary>A table as the model's columns see it: numbers, and category codes of the model.</summary>
internal sealed class TreeInput
{
    private readonly float[]?[] _numbers;
    private readonly int[]?[] _codes;

    public TreeInput(TrainingTable table, IReadOnlyList<FeatureColumn> columns)
    {
        _numbers = [.. columns.Select((column, i) => column is NumericColumn ? table.Numeric(i).ToArray() : null)];
        _codes = [.. columns.Select((column, i) => column is CategoricalColumn known ? table.CodesAs(i, known) : null)];
    }

    public float Number(int column, int row) => _numbers[column]![row];

    public int Code(int column, int row) => _codes[column]![row];
}
