namespace ModelOps.ServiceDefaults.Telemetry.Prometheus;

/// <summary>A counter or a gauge.</summary>
internal sealed class ValueSeries(string labels, bool adds) : Series(labels)
{
    private double _value;

    public override void Record(double value)
    {
        if (adds)
        {
            Add(ref _value, value);
        }
        else
        {
            Volatile.Write(ref _value, value);
        }
    }

    public override void Write(ExpositionWriter output, string family) => output.Sample(family, Labels, Volatile.Read(ref _value));
}
