using ModelOps.Inference.DesiredState;
using ModelOps.Inference.Models;

namespace ModelOps.Inference.Tests.DesiredState;

public sealed class ServingPlanTests
{
    private const LoadStage Loading = LoadStage.Loading;
    private const LoadStage Ready = LoadStage.Ready;
    private const LoadStage Failed = LoadStage.Failed;

    [Theory]
    [InlineData((int)Loading, "")]
    [InlineData((int)Failed, "")]
    [InlineData((int)Ready, "1")]
    public void A_version_in_service_goes_only_when_its_successor_is_ready(int successor, string retired)
    {
        var gone = Retired(wanted: [2], (1, Ready), (2, (LoadStage)successor));

        Assert.Equal(retired, gone);
    }

    [Theory]
    [InlineData((int)Loading)]
    [InlineData((int)Failed)]
    public void A_version_that_does_not_serve_goes_at_once(int state) => Assert.Equal("1", Retired(wanted: [2], (1, (LoadStage)state), (2, Loading)));

    [Fact]
    public void A_model_that_is_no_longer_wanted_goes_whole() => Assert.Equal("1,2,3", Retired(wanted: [], (1, Ready), (2, Loading), (3, Failed)));

    [Fact]
    public void With_two_versions_wanted_the_old_one_waits_for_both() => Assert.Equal("", Retired(wanted: [2, 3], (1, Ready), (2, Ready), (3, Loading)));

    [Fact]
    public void What_is_wanted_stays() => Assert.Equal("", Retired(wanted: [1, 2], (1, Ready), (2, Failed)));

    [Theory]
    [InlineData(2, 1, "1,2", 2)]
    [InlineData(2, 1, "1", 1)]
    [InlineData(2, null, "1,3", 3)]
    [InlineData(null, 1, "1,3", 1)]
    [InlineData(null, null, "1,3", 3)]
    [InlineData(2, 1, "", null)]
    public void The_wanted_version_answers_or_the_one_before_or_the_newest(int? wanted, int? current, string ready, int? expected)
    {
        long[] versions = [.. ready.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)];

        Assert.Equal(expected, ServingPlan.Primary(wanted, current, versions));
    }

    private static string Retired(long[] wanted, params (long Version, LoadStage State)[] held)
    {
        var desired = new DesiredModels(1, [.. wanted.Select(version => new WantedVersion(Key(version), "", true))]);

        var retired = ServingPlan.Retired(desired, held.ToDictionary(version => Key(version.Version), version => version.State));

        return string.Join(',', retired.Select(key => key.Version));
    }

    private static VersionKey Key(long version) => new("default", "m", version);
}
