using ModelOps.Batch.Models;

namespace ModelOps.Batch.Tests;

public sealed class LabelPlacesTests
{
    [Theory]
    [InlineData("INT64", new string[0], "1", 0)]
    [InlineData("BYTES", new string[0], "\"1\"", 0)]
    [InlineData("INT64", new[] { "1", "0" }, null, 0)]
    [InlineData("INT64", new[] { "good", "fraud" }, "2", -1)]
    [InlineData("INT64", new[] { "good", "fraud" }, "-1", -1)]
    [InlineData("UINT64", new[] { "good", "fraud" }, "18446744073709551615", -1)]
    [InlineData("BOOL", new[] { "good", "fraud" }, "true", 1)]
    [InlineData("INT64", new[] { "2", "1" }, "1", 1)]
    [InlineData("INT64", new[] { "good", "fraud" }, "1", 1)]
    [InlineData("BYTES", new[] { "good", "fr\u00e4ud" }, "\"fr\\u00E4ud\"", 1)]
    [InlineData("BYTES", new[] { "good", "fraud" }, "\"other\"", -1)]
    [InlineData("BYTES", new[] { "any", "any" }, "\"any\"", -1)]
    [InlineData("BYTES", new[] { "good", "fraud", "other" }, "\"fraud\"", -1)]
    public void A_label_has_a_place_among_two_scores_or_none(string datatype, string[] labels, string? label, int place) =>
        Assert.Equal(place, new LabelPlaces(datatype, labels).Find(label, [0.7, 0.3]));
}
