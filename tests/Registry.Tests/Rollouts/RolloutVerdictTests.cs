using ModelOps.Registry.Models;
using ModelOps.Registry.Rollouts;
using ModelOps.Registry.Stages;

namespace ModelOps.Registry.Tests.Rollouts;

public sealed class RolloutVerdictTests
{
    [Theory]
    [InlineData("promoted", "staging", false, "production", null)]
    [InlineData("promoted", "archived", true, "production", null)]
    [InlineData("promoted", "production", true, null, null)]
    [InlineData("promoted", "experimental", false, null, "not made production: the version is experimental; metrics.f1: is missing")]
    [InlineData("promoted", "deprecated", false, null, "not made production: the version is deprecated")]
    [InlineData("rolled_back", "staging", false, "experimental", null)]
    [InlineData("rolled_back", "archived", true, null, "rolled back, and archived as before")]
    [InlineData("aborted", "staging", false, null, null)]
    public void The_end_of_a_rollout_moves_the_version_or_says_why_not(string outcome, string stage, bool served, string? to, string? whyNot)
    {
        var version = new StagedVersion(
            ModelKey.Of("", "m"), 1, StageNames.Parse(stage).Value, served, new(false, [new("metrics.f1", false, "is missing")]));

        var verdict = RolloutVerdict.Of(outcome, version);

        Assert.Equal((to, whyNot), (verdict.To?.Name(), verdict.WhyNot));
    }
}
