using ModelOps.Training.Data;

namespace ModelOps.Training.Trees;

/// <summary>A column as small numbers: where a number lies between the cut points, or which category it is. The last bin is that of missing values.</summary>
internal sealed class BinnedColumn
{
    private readonly float[]? _cuts;

    private BinnedColumn(float[]? cuts, ushort[] bins, int known)
    {
        _cuts = cuts;
        Bins = bins;
        Known = known;
    }

    /// <summary>The bin of every row.</summary>
    public ushort[] Bins { get; }

    /// <summary>Bins of known values; that of missing ones comes after them.</summary>
    public int Known { get; }

    /// <summary>Whether bins are categories, which have no order.</summary>
    public bool IsCategorical => _cuts is null;

    /// <summary>Upper end of a bin of numbers, included.</summary>
    public float Cut(int bin) => _cuts![bin];

    public static BinnedColumn Of(TrainingTable table, int column, int maxBins) =>
        table.Columns[column] is CategoricalColumn categorical ? Categories(table, column, categorical) : Numbers(table, column, maxBins);

    private static BinnedColumn Categories(TrainingTable table, int column, CategoricalColumn categorical)
    {
        var known = categorical.Categories.Count;
        if (known >= ushort.MaxValue)
        {
            throw new ArgumentException($"column {categorical.Name} has {known} categories; at most {ushort.MaxValue - 1} are allowed", nameof(table));
        }
        return new BinnedColumn(null, Array.ConvertAll(table.Codes(column).ToArray(), code => (ushort)(code < 0 ? known : code)), known);
    }

    private static BinnedColumn Numbers(TrainingTable table, int column, int maxBins)
    {
        var values = table.Numeric(column);
        var sorted = new List<float>(values.Length);
        for (var row = 0; row < values.Length; row++)
        {
            if (float.IsInfinity(values[row]))
            {
                throw new ArgumentException(
                    $"column {table.Columns[column].Name}, row {row}: {values[row]} is no finite number; NaN stands for a missing value");
            }
            if (!float.IsNaN(values[row]))
            {
                sorted.Add(values[row]);
            }
        }
        sorted.Sort();
        var cuts = Cuts(sorted, maxBins);
        var bins = new ushort[values.Length];
        for (var row = 0; row < bins.Length; row++)
        {
            bins[row] = (ushort)(float.IsNaN(values[row]) ? cuts.Length + 1 : BinOf(cuts, values[row]));
        }
        return new BinnedColumn(cuts, bins, cuts.Length + 1);
    }

    /// <summary>Number of cuts below the value, so that value &lt;= cut[k] exactly when its bin is at most k.</summary>
    private static int BinOf(float[] cuts, float value)
    {
        var index = Array.BinarySearch(cuts, value);
        return index >= 0 ? index : ~index;
    }

    /// <summary>Between all neighbours when they are few, else where the ranks are evenly spaced.</summary>
    private static float[] Cuts(List<float> sorted, int maxBins)
    {
        float[] distinct = [.. sorted.Distinct()];
        if (distinct.Length <= maxBins)
        {
            return [.. distinct.Zip(distinct.Skip(1), Between)];
        }
        var cuts = new List<float>(maxBins);
        for (var k = 1; k < maxBins; k++)
        {
            var rank = (int)((long)k * sorted.Count / maxBins);
            // Within a run of equal values the cut comes after the run.
            var next = Array.BinarySearch(distinct, sorted[rank - 1]) + 1;
            if (next < distinct.Length && Between(distinct[next - 1], distinct[next]) is var cut && (cuts.Count == 0 || cut > cuts[^1]))
            {
                cuts.Add(cut);
            }
        }
        return [.. cuts];
    }

    /// <summary>A float from the lower value on and below the upper one.</summary>
    private static float Between(float low, float high)
    {
        var middle = (float)(((double)low + high) / 2);
        return middle < high ? middle : low;
    }
}
