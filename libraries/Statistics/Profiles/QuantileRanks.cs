namespace ModelOps.Statistics.Profiles;

/// <summary>
/// Which order statistics a thinned sample keeps: the outermost sixteenth of the points at either end are consecutive ranks, since there lie the
/// few values that a heavy tail's distances are made of; the others are evenly spaced between.
/// </summary>
internal static class QuantileRanks
{
    private const int EndShare = 16;

    /// <summary>Rank, from 0, of the i-th of so many points among count values; the first is 0, the last count - 1. All of them when points = count.</summary>
    public static long Rank(int point, long count, int points)
    {
        var end = points / EndShare;
        if (point < end)
        {
            return point;
        }
        if (point >= points - end)
        {
            return count - (points - point);
        }
        var (between, steps) = (count - 1 - (2 * end), points - 1 - (2 * end));
        return end + (steps == 0 ? 0 : (long)((Int128)(point - end) * between / steps));
    }
}
