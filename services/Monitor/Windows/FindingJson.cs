using Google.Protobuf;
using Wire = ModelOps.Contracts.Monitor.V1;

namespace ModelOps.Monitor.Windows;

/// <summary>Drift and quality of a window in jsonb columns: protobuf's JSON, which says NaN and knows what is absent.</summary>
internal static class FindingJson
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true));
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    public static string Write(IEnumerable<Wire.FeatureDrift> features) => $"[{string.Join(',', features.Select(feature => Formatter.Format(feature)))}]";

    public static string Write(Wire.WindowQuality quality) => Formatter.Format(quality);

    public static IEnumerable<Wire.FeatureDrift> ReadDrift(string json) => Parser.Parse<Wire.Window>($$"""{"features":{{json}}}""").Features;

    public static Wire.WindowQuality ReadQuality(string json) => Parser.Parse<Wire.WindowQuality>(json);
}
