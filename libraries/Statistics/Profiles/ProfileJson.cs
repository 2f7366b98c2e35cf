using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ModelOps.Statistics.Profiles;

/// <summary>Writes a profile as JSON, field by field, so that the bytes depend on nothing but the profile.</summary>
internal static class ProfileJson
{
    public static byte[] Write(ReferenceProfile profile)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("schema", ReferenceProfile.Schema);
            json.WriteNumber("rows", profile.Rows);
            json.WriteStartArray("features");
            foreach (var feature in profile.Features)
            {
                Write(json, feature);
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, FeatureProfile feature)
    {
        json.WriteStartObject();
        json.WriteString("name", feature.Name);
        json.WriteString("type", feature is NumericFeatureProfile ? "numeric" : "categorical");
        json.WriteNumber("count", feature.Count);
        json.WriteNumber("missing", feature.Missing);
        if (feature is NumericFeatureProfile numeric)
        {
            WriteNumeric(json, numeric);
        }
        else
        {
            WriteCategorical(json, (CategoricalFeatureProfile)feature);
        }
        json.WriteEndObject();
    }

    private static void WriteNumeric(Utf8JsonWriter json, NumericFeatureProfile numeric)
    {
        json.WriteNumber("mean", numeric.Mean);
        json.WriteNumber("std", numeric.Std);
        // Values are floats: written as such they are half as long, and read back the same.
        json.WriteNumber("min", (float)numeric.Min);
        json.WriteNumber("max", (float)numeric.Max);
        json.WriteStartArray("quantiles");
        foreach (var quantile in numeric.Quantiles)
        {
            json.WriteNumberValue((float)quantile);
        }
        json.WriteEndArray();
        if (numeric.Values is { } values)
        {
            json.WriteStartArray("values");
            foreach (var (value, count) in values)
            {
                json.WriteStartObject();
                json.WriteNumber("value", (float)value);
                json.WriteNumber("count", count);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
    }

    private static void WriteCategorical(Utf8JsonWriter json, CategoricalFeatureProfile categorical)
    {
        json.WriteStartArray("categories");
        foreach (var (value, count) in categorical.Categories)
        {
            json.WriteStartObject();
            json.WriteString("value", value);
            json.WriteNumber("count", count);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("other", categorical.Other);
    }
}
