using System.Globalization;

namespace ModelOps.Bench.Measuring;

/// <summary>Processor time of a process and those it started, as the kernel counts it, in steps of 10 ms.</summary>
internal static class ProcessTree
{
    private const int TicksPerSecond = 100;

    /// <summary>Time of the process and of every descendant that still runs.</summary>
    public static TimeSpan CpuOf(int process)
    {
        var all = Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? Read(id) : null)
            .OfType<Entry>()
            .ToLookup(entry => entry.Parent);
        var own = all.SelectMany(entries => entries).Where(entry => entry.Id == process).Sum(entry => entry.Ticks);
        return TimeSpan.FromSeconds((double)(own + Descendants(all, process).Sum(entry => entry.Ticks)) / TicksPerSecond);
    }

    private static IEnumerable<Entry> Descendants(ILookup<int, Entry> all, int parent) =>
        all[parent].SelectMany(child => Descendants(all, child.Id).Prepend(child));

    /// <summary>Fields 4, 14 and 15 of <c>stat</c>; the name before them may hold spaces and is skipped. Null: the process is gone.</summary>
    private static Entry? Read(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return new(id, int.Parse(fields[1], CultureInfo.InvariantCulture), long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private sealed record Entry(int Id, int Parent, long Ticks);
}
