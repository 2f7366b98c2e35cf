namespace ModelOps.Training.Trees;

/// <summary>Grows one tree on the gradients of the loss, level by level.</summary>
internal sealed class TreeGrower(BinnedColumn[] columns, BoostingOptions options)
{
    /// <summary>Below this many additions threads cost more than they save.</summary>
    private const int ParallelWork = 200_000;

    private readonly SplitFinder _finder = new(options.MinSamplesLeaf, options.L2Regularization);

    /// <summary>Grows a tree.</summary>
    /// <param name="rows">Rows it may see; their order is changed.</param>
    /// <param name="gradients">First derivative of the loss for every row.</param>
    /// <param name="hessians">Second derivative.</param>
    /// <param name="ct">Ends the growth between nodes.</param>
    public Tree Grow(int[] rows, double[] gradients, double[] hessians, CancellationToken ct)
    {
        var nodes = new List<TreeNode>();
        var open = new Queue<(int Node, int Start, int Length, int Depth)>();
        nodes.Add(default);
        open.Enqueue((0, 0, rows.Length, 0));
        while (open.TryDequeue(out var next))
        {
            ct.ThrowIfCancellationRequested();
            var own = rows.AsMemory(next.Start, next.Length);
            var sums = Sum(own.Span, gradients, hessians);
            if (next.Depth == options.MaxDepth || BestSplit(own, sums, gradients, hessians) is not { } split)
            {
                nodes[next.Node] = TreeNode.Leaf((float)(options.LearningRate * _finder.LeafValue(sums)), next.Length);
                continue;
            }
            var left = Partition(own.Span, split);
            nodes[next.Node] = Decision(split, nodes.Count, next.Length);
            open.Enqueue((nodes.Count, next.Start, left, next.Depth + 1));
            open.Enqueue((nodes.Count + 1, next.Start + left, next.Length - left, next.Depth + 1));
            nodes.Add(default);
            nodes.Add(default);
        }
        return new Tree([.. nodes]);
    }

    private TreeNode Decision(Split split, int firstChild, int rows)
    {
        var column = columns[split.Column];
        return new TreeNode(
            split.Column,
            column.IsCategorical ? split.Bin : -1,
            column.IsCategorical ? 0 : column.Cut(split.Bin),
            split.MissingLeft,
            firstChild,
            firstChild + 1,
            0,
            rows);
    }

    /// <summary>Each column by one thread, the best of them chosen in the order of the columns: the result is that of one thread.</summary>
    private Split? BestSplit(Memory<int> rows, Sums sums, double[] gradients, double[] hessians)
    {
        if (rows.Length < 2 * options.MinSamplesLeaf)
        {
            return null;
        }
        var found = new Split?[columns.Length];
        void Search(int column) =>
            found[column] = _finder.Find(column, columns[column], Histogram.Of(columns[column], rows.Span, gradients, hessians), sums);
        if ((long)rows.Length * columns.Length < ParallelWork)
        {
            for (var column = 0; column < columns.Length; column++)
            {
                Search(column);
            }
        }
        else
        {
            Parallel.For(0, columns.Length, new ParallelOptions { MaxDegreeOfParallelism = options.MaxThreads ?? Environment.ProcessorCount }, Search);
        }
        Split? best = null;
        foreach (var split in found)
        {
            best = split is not null && (best is null || split.Gain > best.Gain) ? split : best;
        }
        return best;
    }

    /// <summary>Rows that go left first, both sides in their order.</summary>
    private int Partition(Span<int> rows, Split split)
    {
        var column = columns[split.Column];
        var right = new int[rows.Length];
        int left = 0, others = 0;
        foreach (var row in rows)
        {
            int bin = column.Bins[row];
            var goesLeft = column.IsCategorical ? bin != split.Bin : bin == column.Known ? split.MissingLeft : bin <= split.Bin;
            if (goesLeft)
            {
                rows[left++] = row;
            }
            else
            {
                right[others++] = row;
            }
        }
        right.AsSpan(0, others).CopyTo(rows[left..]);
        return left;
    }

    private static Sums Sum(ReadOnlySpan<int> rows, double[] gradients, double[] hessians)
    {
        Sums sums = default;
        foreach (var row in rows)
        {
            sums.Gradient += gradients[row];
            sums.Hessian += hessians[row];
        }
        sums.Rows = rows.Length;
        return sums;
    }
}
