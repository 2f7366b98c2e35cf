using System.Text;
using ModelOps.Statistics.Profiles;

namespace ModelOps.Statistics.Tests;

public sealed class ReferenceProfileTests
{
    private const string Good =
        """{"schema":"modelops.profile/v1","rows":3,"features":[{"name":"x","type":"numeric","count":2,"missing":1,"mean":1.5,"std":0.5,"min":1,"max":2,"quantiles":[1,2],"values":[{"value":1,"count":1},{"value":2,"count":1}]},{"name":"c","type":"categorical","count":3,"missing":0,"categories":[{"value":"b","count":2}],"other":1}]}""";

    [Fact]
    public void What_was_written_is_read_back()
    {
        var profile = ReferenceProfile.Build(FraudColumns.Train);

        var json = profile.ToJson();
        var read = ReferenceProfile.Parse(json);

        Assert.Equal(json, read.ToJson());
        Assert.Equal((20_000, 11), (read.Rows, read.Features.Count));
        var amount = Assert.IsType<NumericFeatureProfile>(read.Features[0]);
        Assert.Equal((2_048, null, amount.Min, amount.Max), (amount.Quantiles.Count, amount.Distinct, amount.Quantiles[0], amount.Quantiles[^1]));
        Assert.Equal(24, Assert.IsType<NumericFeatureProfile>(read.Features[2]).Distinct);
    }

    [Fact]
    public void The_order_of_the_rows_changes_no_byte()
    {
        ReferenceProfile Of(IEnumerable<double> numbers, IEnumerable<string?> texts) =>
            ReferenceProfile.Build([new NumericProfileColumn("x", [.. numbers]), new CategoricalProfileColumn("c", [.. texts])]);
        double[] numbers = [.. Enumerable.Range(0, 5_000).Select(i => Math.Sin(i) * 1e3), double.NaN];
        string?[] texts = [.. Enumerable.Range(0, 5_001).Select(i => i % 7 == 0 ? null : $"ü{i % 5}\"")];

        Assert.Equal(Of(numbers, texts).ToJson(), Of(numbers.Reverse(), texts.Reverse()).ToJson());
    }

    [Fact]
    public void Many_wide_features_still_fit()
    {
        var random = new Random(5);
        ProfileColumn[] columns =
        [
            .. Enumerable.Range(0, 60).Select(i => new NumericProfileColumn($"n{i}", [.. Enumerable.Range(0, 3_000).Select(_ => random.NextDouble())])),
            .. Enumerable.Range(0, 10).Select(i => new CategoricalProfileColumn($"c{i}", [.. Enumerable.Range(0, 3_000).Select(row => new string('x', 100) + row)])),
        ];

        var json = ReferenceProfile.Build(columns).ToJson();

        Assert.InRange(json.Length, 1, ReferenceProfile.MaxBytes);
        Assert.Equal(json, ReferenceProfile.Parse(json).ToJson());
    }

    [Theory]
    [InlineData("modelops.profile/v1", "modelops.profile/v2", "profile.schema: must be modelops.profile/v1")]
    [InlineData("\"rows\":3", "\"rows\":4", "features[0].count: and missing must add up")]
    [InlineData("\"rows\":3", "\"rows\":-3", "profile.rows: must be a whole number")]
    [InlineData("\"rows\":3", "\"rows\":3.5", "profile.rows: must be a whole number")]
    [InlineData("\"rows\":3,", "", "profile.rows: is missing")]
    [InlineData("\"rows\":3", "\"rows\":3,\"rows\":3", "profile.rows: is there twice")]
    [InlineData("\"rows\":3", "\"rows\":3,\"note\":1", "profile.note: is not known")]
    [InlineData("[1,2]", "[2,1]", "features[0].quantiles: must be sorted")]
    [InlineData("[1,2]", "[1,1.5,2]", "features[0].quantiles: must be 1 to count")]
    [InlineData("[1,2]", "[1,1e999]", "features[0].quantiles: must be a number between")]
    [InlineData("[1,2]", "[1,1e39]", "features[0].quantiles: must be finite in single precision")]
    [InlineData("[1,2]", "[1,null]", "features[0].quantiles: must be a number between")]
    [InlineData("[1,2]", "7", "features[0].quantiles: must be a list")]
    [InlineData("\"std\":0.5", "\"std\":-0.5", "features[0].std: must not be negative")]
    [InlineData("\"mean\":1.5", "\"mean\":2.5", "features[0].mean: must lie between")]
    [InlineData("\"min\":1", "\"min\":0", "features[0].quantiles: must begin at min")]
    [InlineData("{\"value\":1,\"count\":1}", "{\"value\":1,\"count\":2}", "features[0].values: must count as many")]
    [InlineData("{\"value\":1,\"count\":1}", "{\"value\":3,\"count\":1}", "features[0].values: must be sorted")]
    [InlineData("\"other\":1", "\"other\":2", "features[1].categories: and other must count")]
    [InlineData("{\"value\":\"b\",\"count\":2}", "{\"value\":\"b\",\"count\":1},{\"value\":\"b\",\"count\":1}", "features[1].categories: names a value twice")]
    [InlineData("{\"value\":\"b\",\"count\":2}", "{\"value\":\"\\ud800\",\"count\":2}", "a text is not valid Unicode")]
    [InlineData("{\"value\":\"b\",\"count\":2}", "9", "features[1].categories[0]: must be an object")]
    [InlineData("\"name\":\"c\"", "\"name\":\"x\"", "profile.features: names a feature twice")]
    [InlineData("categorical", "vector", "features[1].type: must be numeric or categorical")]
    [InlineData("\"schema\"", "[", "profile: not JSON")]
    public void A_profile_that_breaks_a_rule_is_refused_with_the_field_and_the_rule(string part, string instead, string because)
    {
        Assert.Equal(Good, Encoding.UTF8.GetString(ReferenceProfile.Parse(Encoding.UTF8.GetBytes(Good)).ToJson()));
        var at = Good.IndexOf(part, StringComparison.Ordinal);
        var broken = Good[..at] + instead + Good[(at + part.Length)..];

        var refusal = Assert.Throws<FormatException>(() => ReferenceProfile.Parse(Encoding.UTF8.GetBytes(broken)));

        Assert.Contains(because, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("\u0000\u0001")]
    [InlineData("{\"schema\":\"modelops.profile/v1\",\"rows\":0,\"features\":[]}")]
    [InlineData("{\"\\ud800\":1}")]
    public void What_is_no_profile_is_refused(string text) =>
        Assert.Throws<FormatException>(() => ReferenceProfile.Parse(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Any_cut_or_flipped_byte_is_read_or_refused_and_nothing_else()
    {
        var good = Encoding.UTF8.GetBytes(Good);
        for (var i = 0; i < good.Length; i++)
        {
            Assert.Throws<FormatException>(() => ReferenceProfile.Parse(good.AsMemory(0, i)));
            foreach (byte other in (byte[])[0, (byte)'"', (byte)'9', (byte)'}', 0xff])
            {
                byte[] flipped = [.. good];
                flipped[i] = other;
                if (Record.Exception(() => ReferenceProfile.Parse(flipped)) is { } refusal)
                {
                    Assert.IsType<FormatException>(refusal);
                }
            }
        }
    }

    [Fact]
    public void More_than_a_mebibyte_is_refused_unread() =>
        Assert.Contains(
            "at most 1048576", Assert.Throws<FormatException>(() => ReferenceProfile.Parse(new byte[ReferenceProfile.MaxBytes + 1])).Message, StringComparison.Ordinal);

    [Fact]
    public void Columns_that_do_not_fit_together_are_refused()
    {
        Assert.Throws<ArgumentException>(() => ReferenceProfile.Build([]));
        Assert.Throws<ArgumentException>(() => ReferenceProfile.Build([new NumericProfileColumn("x", [])]));
        Assert.Throws<ArgumentException>(() => ReferenceProfile.Build([new NumericProfileColumn("x", [1]), new NumericProfileColumn("x", [1])]));
        Assert.Throws<ArgumentException>(() => ReferenceProfile.Build([new NumericProfileColumn("x", [1]), new NumericProfileColumn("y", [1, 2])]));
    }
}
