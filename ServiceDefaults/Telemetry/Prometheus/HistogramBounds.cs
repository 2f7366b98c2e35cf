using System.Diagnostics.Metrics;
using System.Globalization;

namespace ModelOps.ServiceDefaults.Telemetry.Prometheus;

/// <summary>Upper bounds of a histogram's buckets: what the instrument advises, else what suits its unit.</summary>
internal static class HistogramBounds
{
    /// <summary>From half a millisecond, which is what a small model takes, to ten seconds.</summary>
    private static readonly double[] Seconds =
        [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    private static readonly double[] Bytes =
        [256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864, 268435456, 1073741824];

    /// <summary>OpenTelemetry's for everything else.</summary>
    private static readonly double[] Plain = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];

    public static double[] Of(Instrument instrument, MetricUnit unit)
    {
        if (Advised(instrument) is { Length: > 0 } advised)
        {
            return [.. advised.Where(double.IsFinite).Select(bound => bound * unit.Scale).Distinct().Order()];
        }
        return unit.Suffix switch
        {
            "seconds" => Seconds,
            "bytes" => Bytes,
            _ => Plain,
        };
    }

    private static double[]? Advised(Instrument instrument) => instrument switch
    {
        Instrument<double> typed => Convert(typed),
        Instrument<long> typed => Convert(typed),
        Instrument<int> typed => Convert(typed),
        Instrument<float> typed => Convert(typed),
        Instrument<short> typed => Convert(typed),
        Instrument<byte> typed => Convert(typed),
        Instrument<decimal> typed => Convert(typed),
        _ => null,
    };

    private static double[]? Convert<T>(Instrument<T> instrument)
        where T : struct, IConvertible =>
        instrument.Advice?.HistogramBucketBoundaries?.Select(bound => bound.ToDouble(CultureInfo.InvariantCulture)).ToArray();
}
