using System.Globalization;
using System.Text;

namespace ModelOps.ServiceDefaults.Telemetry.Prometheus;

/// <summary>Prometheus' text format, version 0.0.4.</summary>
internal sealed class ExpositionWriter
{
    private readonly StringBuilder _text = new(16 * 1024);

    public void Family(string name, string help, MetricKind kind)
    {
        _text.Append("# HELP ").Append(name).Append(' ');
        Labels.Escape(_text, help, quotes: false);
        _text.Append('\n').Append("# TYPE ").Append(name).Append(' ').Append(kind.ToString().ToLowerInvariant()).Append('\n');
    }

    public void Sample(string name, string labels, double value)
    {
        _text.Append(name);
        if (labels.Length > 0)
        {
            _text.Append('{').Append(labels).Append('}');
        }
        _text.Append(' ').Append(Number(value)).Append('\n');
    }

    public void Bucket(string family, string labels, double bound, long count)
    {
        _text.Append(family).Append("_bucket{").Append(labels).Append(labels.Length > 0 ? "," : "");
        _text.Append("le=\"").Append(Number(bound)).Append("\"} ").Append(count).Append('\n');
    }

    public override string ToString() => _text.ToString();

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture), // NaN is written alike in both worlds
    };
}
