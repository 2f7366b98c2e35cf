using ModelOps.Gateway.ApiKeys;

namespace ModelOps.Gateway.Tests.ApiKeys;

public sealed class NewKeyTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_name_scopes_and_a_future_end_make_a_key() =>
        Assert.Null(new NewKey("ci@build-1", ["read", "write"], Noon.AddSeconds(1)).FindProblem(Noon));

    [Theory, InlineData(""), InlineData(null), InlineData("a b"), InlineData("é"), InlineData("a\r\nx-admin: 1")]
    public void Names_that_cannot_stand_in_a_header_are_refused(string? name) =>
        Assert.Equal("name", new NewKey(name!, ["read"]).FindProblem(Noon)!.Field);

    [Fact]
    public void Names_have_at_most_64_characters() => Assert.Equal("name", new NewKey(new('a', 65), ["read"]).FindProblem(Noon)!.Field);

    [Fact]
    public void Scopes_must_be_known_and_there_must_be_one()
    {
        Assert.Equal("scopes", new NewKey("ci", []).FindProblem(Noon)!.Field);
        Assert.Equal("scopes", new NewKey("ci", null!).FindProblem(Noon)!.Field);
        Assert.Equal("scopes", new NewKey("ci", ["read", "root"]).FindProblem(Noon)!.Field);
    }

    [Fact]
    public void The_end_must_lie_in_the_future() => Assert.Equal("expire_time", new NewKey("ci", ["read"], Noon).FindProblem(Noon)!.Field);
}
