using ModelOps.Registry.Governance;
using ModelOps.Registry.Models;
using ModelOps.Registry.Stages;
using Wire = ModelOps.Contracts.Registry.V1;

namespace ModelOps.Registry.Tests.Stages;

public sealed class StageRulesTests
{
    private static readonly GovernanceReport Passed = new(true, []);
    private static readonly GovernanceReport Failed = new(false, [new("metrics.f1", false, "is missing"), new("metrics.recall", true, "fine")]);

    [Theory]
    [InlineData("experimental", "staging archived deprecated")]
    [InlineData("staging", "experimental production archived deprecated")]
    [InlineData("production", "archived deprecated")]
    [InlineData("archived", "staging deprecated")]
    [InlineData("deprecated", "")]
    public void Only_these_moves_are_legal(string from, string to)
    {
        var stage = StageNames.Parse(from).Value;

        var legal = Enum.GetValues<Stage>().Where(target => target != stage && StageRules.CheckMove(stage, target, Passed) is null);

        Assert.Equal(to, string.Join(' ', legal.Select(target => target.Name())));
    }

    [Theory]
    [InlineData("experimental")]
    [InlineData("archived")]
    public void Without_passed_gates_there_is_no_way_to_staging_and_every_failed_gate_is_named(string from) =>
        Assert.Equal("metrics.f1: is missing", StageRules.CheckMove(StageNames.Parse(from).Value, Stage.Staging, Failed)!.Message);

    [Theory]
    [InlineData("experimental", false, false)]
    [InlineData("staging", false, true)]
    [InlineData("production", true, true)]
    [InlineData("archived", true, true)]
    [InlineData("archived", false, false)]
    [InlineData("deprecated", true, false)]
    public void What_may_be_rolled_out(string stage, bool served, bool granted)
    {
        var version = new StagedVersion(ModelKey.Of("", "m"), 1, StageNames.Parse(stage).Value, served, Failed);

        Assert.Equal(granted, StageRules.CheckRollout(version) is null);
    }

    [Fact]
    public void Numbers_and_names_are_those_of_the_contract()
    {
        var contract = Enum.GetValues<Wire.Stage>().Where(stage => stage != Wire.Stage.Unspecified).Select(stage => ((int)stage, stage.ToString().ToLowerInvariant()));

        Assert.Equal(contract, Enum.GetValues<Stage>().Select(stage => ((int)stage, stage.Name())));
    }
}
