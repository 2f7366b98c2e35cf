using ModelOps.Inference.PredictionLog;

namespace ModelOps.Inference.Tests.PredictionLog;

public sealed class PredictionIdTests
{
    [Fact]
    public void Identities_are_unique_uuids_of_version_7_that_tell_the_time()
    {
        var now = new DateTimeOffset(2026, 3, 1, 12, 0, 0, 123, TimeSpan.Zero);

        var ids = Enumerable.Range(0, 1000).Select(_ => PredictionIds.New(now)).ToList();

        Assert.Equal(1000, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Equal((7, 8), (id.Version, id.Variant & 0xC)));
        Assert.All(ids, id => Assert.Equal(now.ToUnixTimeMilliseconds(), Convert.ToInt64(id.ToString("N")[..12], 16)));
    }
}
