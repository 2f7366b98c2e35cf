using System.Text.Json;
using ModelOps.Statistics.Comparison;

namespace ModelOps.Statistics.Profiles;

/// <summary>A JSON object of which every field must be what it should be; a broken rule is a <see cref="FormatException"/> that names the path.</summary>
internal sealed class JsonObject
{
    /// <summary>A trillion rows: exact as doubles, and sums of counts cannot overflow.</summary>
    private const long LargestCount = 1L << 40;

    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.Ordinal);
    private readonly string _path;

    private JsonObject(string path) => _path = path;

    public static JsonObject Of(JsonElement element, string path)
    {
        var result = new JsonObject(path);
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException($"{path}: must be an object");
        }
        foreach (var property in element.EnumerateObject())
        {
            if (!result._fields.TryAdd(Unescape(() => property.Name, path), property.Value))
            {
                throw result.Broken(property.Name, "is there twice");
            }
        }
        return result;
    }

    public FormatException Broken(string field, string rule) => new($"{_path}.{field}: {rule}");

    public bool Has(string field) => _fields.ContainsKey(field);

    public void RefuseOthers(params ReadOnlySpan<string> known)
    {
        foreach (var field in _fields.Keys)
        {
            if (!known.Contains(field))
            {
                throw Broken(field.Length <= 64 ? field : field[..64], "is not known");
            }
        }
    }

    public string Text(string field, int longest)
    {
        var element = Field(field, JsonValueKind.String, "must be a text");
        var text = Unescape(() => element.GetString()!, $"{_path}.{field}");
        return text.Length <= longest ? text : throw Broken(field, $"must have at most {longest} characters");
    }

    public long Count(string field) =>
        Field(field, JsonValueKind.Number, "must be a number").TryGetInt64(out var count) && count is >= 0 and <= LargestCount
            ? count
            : throw Broken(field, $"must be a whole number from 0 to {LargestCount}");

    public long PositiveCount(string field) => Count(field) is > 0 and var count ? count : throw Broken(field, "must be over 0");

    public double Number(string field) => Measured(Field(field, JsonValueKind.Number, "must be a number"), field);

    /// <summary>A number that was written as a float.</summary>
    public double Single(string field) => Single(Field(field, JsonValueKind.Number, "must be a number"), field);

    public double[] Singles(string field, int most)
    {
        var array = Array(field, most);
        return [.. array.EnumerateArray().Select(element => Single(element, field))];
    }

    public IEnumerable<JsonObject> Items(string field, int most)
    {
        var array = Array(field, most);
        return array.EnumerateArray().Select((element, i) => Of(element, $"{_path}.{field}[{i}]"));
    }

    private JsonElement Array(string field, int most)
    {
        var array = Field(field, JsonValueKind.Array, "must be a list");
        return array.GetArrayLength() <= most ? array : throw Broken(field, $"must have at most {most} elements");
    }

    private JsonElement Field(string field, JsonValueKind kind, string rule) =>
        !_fields.TryGetValue(field, out var element) ? throw Broken(field, "is missing")
        : element.ValueKind == kind ? element
        : throw Broken(field, rule);

    private double Single(JsonElement element, string field) =>
        (float)Measured(element, field) is var value && float.IsFinite(value) ? value : throw Broken(field, "must be finite in single precision");

    private double Measured(JsonElement element, string field) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var value) && WeightedSample.IsMeasured(value)
            ? value
            : throw Broken(field, $"must be a number between -{WeightedSample.LargestMagnitude} and {WeightedSample.LargestMagnitude}");

    /// <summary>Half a surrogate pair is found only when the text is asked for, and is not reported as a JSON error.</summary>
    private static string Unescape(Func<string> text, string path)
    {
        try
        {
            return text();
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException($"{path}: a text is not valid Unicode", e);
        }
    }
}
