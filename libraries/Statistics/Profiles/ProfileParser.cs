using System.Text.Json;

namespace ModelOps.Statistics.Profiles;

/// <summary>Reads a profile that anyone may have written.</summary>
internal static class ProfileParser
{
    private const int MaxDepth = 8;

    /// <summary>More quantiles than any writer keeps.</summary>
    private const int MaxQuantiles = 65_536;
    private const int MaxCategories = 65_536;
    private const int LongestName = 1_024;

    public static ReferenceProfile Parse(ReadOnlyMemory<byte> json)
    {
        if (json.Length > ReferenceProfile.MaxBytes)
        {
            throw new FormatException($"profile: {json.Length} bytes; at most {ReferenceProfile.MaxBytes} are allowed");
        }
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return Profile(JsonObject.Of(document.RootElement, "profile"));
        }
        catch (JsonException e)
        {
            throw new FormatException($"profile: not JSON ({e.Message})", e);
        }
    }

    private static ReferenceProfile Profile(JsonObject json)
    {
        json.RefuseOthers("schema", "rows", "features");
        if (json.Text("schema", LongestName) is var schema && schema != ReferenceProfile.Schema)
        {
            throw json.Broken("schema", $"must be {ReferenceProfile.Schema}");
        }
        var rows = json.Count("rows");
        var features = json.Items("features", ReferenceProfile.MaxFeatures).Select(feature => Feature(feature, rows)).ToList();
        if (rows == 0 || features.Count == 0)
        {
            throw json.Broken(rows == 0 ? "rows" : "features", "must not be empty");
        }
        if (features.Select(feature => feature.Name).Distinct(StringComparer.Ordinal).Count() < features.Count)
        {
            throw json.Broken("features", "names a feature twice");
        }
        return new ReferenceProfile(rows, features);
    }

    private static FeatureProfile Feature(JsonObject json, long rows)
    {
        var name = json.Text("name", LongestName);
        var (count, missing) = (json.Count("count"), json.Count("missing"));
        if (missing > rows || count != rows - missing)
        {
            throw json.Broken("count", "and missing must add up to rows");
        }
        return json.Text("type", LongestName) switch
        {
            "numeric" => Numeric(json, name, count, missing),
            "categorical" => Categorical(json, name, count, missing),
            _ => throw json.Broken("type", "must be numeric or categorical"),
        };
    }

    private static NumericFeatureProfile Numeric(JsonObject json, string name, long count, long missing)
    {
        json.RefuseOthers("name", "type", "count", "missing", "mean", "std", "min", "max", "quantiles", "values");
        var profile = new NumericFeatureProfile(
            name, count, missing, json.Number("mean"), json.Number("std"), json.Single("min"), json.Single("max"),
            json.Singles("quantiles", MaxQuantiles), json.Has("values") ? Values(json) : null);

        var quantiles = profile.Quantiles;
        Require(profile.Std >= 0, json, "std", "must not be negative");
        Require(profile.Min <= profile.Mean && profile.Mean <= profile.Max, json, "mean", "must lie between min and max");
        Require(quantiles.Count <= count && (quantiles.Count > 0 || count == 0), json, "quantiles", "must be 1 to count");
        Require(quantiles.Zip(quantiles.Skip(1)).All(pair => pair.First <= pair.Second), json, "quantiles", "must be sorted");
        Require(count == 0 || (quantiles[0] == profile.Min && quantiles[^1] == profile.Max), json, "quantiles", "must begin at min and end at max");
        if (profile.Values is { } values)
        {
            Require(Sum(values.Select(value => value.Count)) == count, json, "values", "must count as many rows as count");
            Require(values.Zip(values.Skip(1)).All(pair => pair.First.Value < pair.Second.Value), json, "values", "must be sorted, each value once");
            Require(count == 0 || (values[0].Value == profile.Min && values[^1].Value == profile.Max), json, "values", "must begin at min and end at max");
        }
        return profile;
    }

    private static List<ValueCount> Values(JsonObject json) =>
    [
        .. json.Items("values", ProfileResolution.DistinctValues).Select(item =>
        {
            item.RefuseOthers("value", "count");
            return new ValueCount(item.Single("value"), item.PositiveCount("count"));
        }),
    ];

    private static CategoricalFeatureProfile Categorical(JsonObject json, string name, long count, long missing)
    {
        json.RefuseOthers("name", "type", "count", "missing", "categories", "other");
        CategoryCount[] categories =
        [
            .. json.Items("categories", MaxCategories).Select(item =>
            {
                item.RefuseOthers("value", "count");
                return new CategoryCount(item.Text("value", FeatureProfiler.LongestCategory), item.PositiveCount("count"));
            }),
        ];
        var other = json.Count("other");
        Require(Sum(categories.Select(category => category.Count).Append(other)) == count, json, "categories", "and other must count as many rows as count");
        Require(categories.DistinctBy(category => category.Value).Count() == categories.Length, json, "categories", "names a value twice");
        return new CategoricalFeatureProfile(name, count, missing, categories, other);
    }

    /// <summary>Counts are at most 2^40 each and 2^16 in number, so the sum does not overflow.</summary>
    private static long Sum(IEnumerable<long> counts) => counts.Sum();

    private static void Require(bool holds, JsonObject json, string field, string rule)
    {
        if (!holds)
        {
            throw json.Broken(field, rule);
        }
    }
}
