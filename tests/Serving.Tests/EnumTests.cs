namespace ModelOps.Serving.Tests;

public sealed class EnumTests
{
    [Fact]
    public void Numbers_and_names_that_reach_disk_never_change()
    {
        Assert.Equal(["Reject=0", "Delay=1"], Numbers<QueueTimeoutAction>());
        Assert.Equal(["Auto=0", "Shared=1", "PerInstance=2"], Numbers<SessionSharing>());
        Assert.Equal(["Reject=0", "Default=1"], Numbers<MissingFeaturePolicy>());
    }

    private static IEnumerable<string> Numbers<T>()
        where T : struct, Enum => Enum.GetValues<T>().Select(value => $"{value}={Convert.ToInt32(value)}");
}
