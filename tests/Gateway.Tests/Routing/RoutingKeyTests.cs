using ModelOps.Gateway.Routing;

namespace ModelOps.Gateway.Tests.Routing;

public sealed class RoutingKeyTests
{
    private const int Keys = 20_000;

    public static TheoryData<string> Shapes => ["user-{0}", "{0}", "0000000{0}", "a-rather-long-prefix-that-all-keys-have-in-common/{0}/tail"];

    [Theory, MemberData(nameof(Shapes))]
    public void Places_are_spread_evenly_whatever_the_keys_look_like(string shape)
    {
        const int Bins = 20;
        var counts = new int[Bins];

        for (var i = 0; i < Keys; i++)
        {
            counts[(int)(RoutingKey.PlaceOf(string.Format(null, shape, i), "fraud", 2) * Bins)]++;
        }

        const double Expected = (double)Keys / Bins;
        var chiSquare = counts.Sum(count => (count - Expected) * (count - Expected) / Expected);
        Assert.InRange(chiSquare, 2, 50); // 19 degrees of freedom: outside is one in 10,000
    }

    [Fact]
    public void A_larger_weight_only_moves_keys_toward_the_candidate()
    {
        double[] weights = [0.001, 0.1, 0.25, 0.5, 0.75, 1];

        foreach (var key in Enumerable.Range(0, 1_000).Select(i => $"user-{i}"))
        {
            var place = RoutingKey.PlaceOf(key, "fraud", 2);
            var tried = weights.Select(weight => place < weight).ToArray();
            Assert.Equal(tried.Order(), tried);
            Assert.True(tried[^1]);
        }
    }

    [Fact]
    public void Another_candidate_and_another_model_are_tried_on_other_callers()
    {
        var first = TriedOn("fraud", 2);

        Assert.InRange(first.Intersect(TriedOn("fraud", 3)).Count(), 100, 310); // 1 % of the keys are expected, 10 % of 10 %
        Assert.InRange(first.Intersect(TriedOn("churn", 2)).Count(), 100, 310);
        Assert.Equal(first, TriedOn("fraud", 2));
    }

    [Theory, InlineData("k"), InlineData("user-17"), InlineData("!~")]
    public void A_callers_key_is_taken_as_it_is(string key) => Assert.Equal(key, RoutingKey.Of(key, "id"));

    [Theory, InlineData(""), InlineData("a b"), InlineData("a\t"), InlineData("\u00e9")]
    public void A_key_that_breaks_the_rule_is_none(string key) => Assert.Null(RoutingKey.Of(key, "id"));

    [Fact]
    public void Without_a_key_the_prediction_is_its_own_and_a_key_has_at_most_256_characters()
    {
        Assert.Equal("id", RoutingKey.Of(null, "id"));
        Assert.NotNull(RoutingKey.Of(new('k', 256), "id"));
        Assert.Null(RoutingKey.Of(new('k', 257), "id"));
    }

    private static HashSet<int> TriedOn(string model, long candidate) =>
        [.. Enumerable.Range(0, Keys).Where(i => RoutingKey.PlaceOf($"user-{i}", model, candidate) < 0.1)];
}
