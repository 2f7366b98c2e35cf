using System.Text.Json;
using ModelOps.Testing;

namespace ModelOps.Statistics.Tests;

/// <summary>Reading of the reference vectors.</summary>
internal static class GoldenCases
{
    public static JsonElement Cases(string file, string list) => Golden.Json(file).GetProperty(list);

    public static JsonElement Case(JsonElement cases, string name) =>
        cases.EnumerateArray().Single(candidate => candidate.GetProperty("name").ValueEquals(name));

    public static IEnumerable<string> Names(JsonElement cases) => cases.EnumerateArray().Select(sample => sample.GetProperty("name").GetString()!);

    /// <summary>A list of numbers; null stands for NaN, infinities are texts.</summary>
    public static double[] Numbers(JsonElement list) =>
    [
        .. list.EnumerateArray().Select(value => value.ValueKind switch
        {
            JsonValueKind.Number => value.GetDouble(),
            JsonValueKind.String => double.Parse(value.GetString()!),
            _ => double.NaN,
        }),
    ];

    /// <summary>A p-value agrees to six digits, also when it is tiny, or to 1e-9 where rounding of 1 - cdf decides.</summary>
    public static void SamePValue(double expected, double actual) =>
        Assert.True(Math.Abs(expected - actual) <= 1e-6 * expected || Math.Abs(expected - actual) <= 1e-12, $"p is {actual:R}, expected {expected:R}");

    /// <summary>Equal to nine digits of the larger of the value and 1.</summary>
    public static void Same(double expected, double actual) =>
        Assert.True(Math.Abs(expected - actual) <= 1e-9 * Math.Max(1, Math.Abs(expected)), $"{actual:R}, expected {expected:R}");
}
