using ModelOps.Retrainer.Runs;
using Wire = ModelOps.Contracts.Retraining.V1;

namespace ModelOps.Retrainer.Tests.Runs;

public sealed class StateNumberTests
{
    [Fact]
    public void The_numbers_in_the_database_are_those_on_the_wire_and_stay()
    {
        Assert.Equal(
            "Pending=1,Running=2,Succeeded=3,Failed=4,Cancelled=5,Rejected=6",
            string.Join(',', Enum.GetValues<RunState>().Select(state => $"{state}={(int)state}")));
        Assert.All(Enum.GetValues<RunState>(), state => Assert.Equal($"{state}", $"{(Wire.RunState)state}"));
    }
}
