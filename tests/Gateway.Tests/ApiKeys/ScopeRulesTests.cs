using ModelOps.Gateway.ApiKeys;
using ModelOps.ServiceDefaults.Security;

namespace ModelOps.Gateway.Tests.ApiKeys;

public sealed class ScopeRulesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory, InlineData("Read"), InlineData("1"), InlineData(""), InlineData(null), InlineData("service")]
    public void Other_names_are_no_scopes(string? name) => Assert.Null(ScopeRules.Parse(name));

    [Fact]
    public void Stored_names_and_numbers_stay_what_they_are()
    {
        Assert.Equal(["1 read", "2 write", "3 approve", "4 admin"], Enum.GetValues<ApiKeyScope>().Select(scope => $"{(int)scope} {ScopeRules.NameOf(scope)}"));
        Assert.Equal(Enum.GetValues<ApiKeyScope>(), ScopeRules.Names.Select(name => ScopeRules.Parse(name)!.Value));
    }

    [Theory]
    [InlineData("GetModelVersion", "read"), InlineData("ListModelVersions", "read"), InlineData("ListModels", "read"), InlineData("DownloadArtifact", "read")]
    [InlineData("GetReferenceProfile", "read"), InlineData("GrantRollout", "read"), InlineData("GetGovernancePolicy", "read")]
    [InlineData("RegisterModelVersion", "write"), InlineData("TransitionStage", "write"), InlineData("SetGovernancePolicy", "write"), InlineData("DropEverything", "admin")]
    public void A_registry_call_that_is_not_known_needs_the_most(string method, string policy) =>
        Assert.Equal(policy, ScopeRules.PolicyOfRegistryRpc(method));

    [Fact]
    public void A_key_with_several_scopes_has_the_highest()
    {
        var key = new StoredKey(Guid.Empty, "ci", "", [ApiKeyScope.Write, ApiKeyScope.Read], Noon, "admin", ExpireTime: Noon.AddHours(1));

        Assert.Equal(new("ci", ApiKeyScope.Write, Noon.AddHours(1)), key.ToRecord());
    }

    [Fact]
    public void The_hint_shows_at_most_a_quarter_of_a_key()
    {
        Assert.Equal("mo_AAAAA…", StoredKey.HintOf("mo_" + new string('A', 43)));
        Assert.Equal("abcd…", StoredKey.HintOf("abcdefghijklmnop"));
    }
}
