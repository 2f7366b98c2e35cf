namespace ModelOps.ServiceDefaults.Telemetry.Prometheus;

/// <summary>One combination of labels and its numbers.</summary>
internal abstract class Series(string labels)
{
    public string Labels { get; } = labels;

    /// <summary>The scrape that last reported it; only kept for what is observed.</summary>
    public long Scrape { get; set; }

    public abstract void Record(double value);

    public abstract void Write(ExpositionWriter output, string family);

    protected static void Add(ref double sum, double value)
    {
        double seen;
        do
        {
            seen = Volatile.Read(ref sum);
        }
        while (Interlocked.CompareExchange(ref sum, seen + value, seen) != seen);
    }
}
