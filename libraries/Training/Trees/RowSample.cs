namespace ModelOps.Training.Trees;

/// <summary>Draws rows without replacement, the same ones for the same seed.</summary>
internal sealed class RowSample(int rows, double share, int seed)
{
    private readonly Random _random = new(seed);
    private readonly int _wanted = Math.Max(1, (int)Math.Round(rows * share));

    /// <summary>The next sample, in ascending order.</summary>
    public int[] Draw()
    {
        var drawn = new int[_wanted];
        var taken = 0;
        // Selection sampling: every row is taken with the chance that leaves just enough to come.
        for (var row = 0; taken < _wanted; row++)
        {
            if (_wanted == rows || _random.NextDouble() * (rows - row) < _wanted - taken)
            {
                drawn[taken++] = row;
            }
        }
        return drawn;
    }
}
