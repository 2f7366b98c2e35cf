using System.Globalization;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Batch;

/// <summary>One of several contiguous parts of a file. A record belongs to the part that its first byte lies in.</summary>
/// <param name="Index">Which one, from 0.</param>
/// <param name="Count">How many there are, 1 to 10,000.</param>
public readonly record struct Partition(int Index, int Count)
{
    private const int MostPartitions = 10_000;

    /// <summary>The whole file.</summary>
    public static readonly Partition Whole = new(0, 1);

    /// <summary>Reads <c>index/count</c>.</summary>
    public static Outcome<Partition> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split('/');
        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count is >= 1 and <= MostPartitions && index < count
            ? new Partition(index, count)
            : Refusal.Invalid("partition", $"must be index/count with an index from 0 to count - 1 and a count of 1 to {MostPartitions}, is '{text}'");
    }

    /// <summary>Where the part begins and ends.</summary>
    /// <param name="from">Offset of the first record of the file.</param>
    /// <param name="to">Offset of its end.</param>
    public (long From, long To) Range(long from, long to)
    {
        var length = to - from;
        return (from + (long)((Int128)length * Index / Count), from + (long)((Int128)length * (Index + 1) / Count));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index}/{Count}");
}
