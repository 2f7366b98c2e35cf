using ModelOps.Inference.Models;
using ModelOps.Inference.Models.Sessions;
using ModelOps.Serving;

namespace ModelOps.Inference.Tests.Models.Sessions;

public sealed class ProviderPlanTests
{
    private static readonly string[] Everything = ["TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider"];

    [Fact]
    public void Wishes_are_tried_in_their_order()
    {
        var plan = ProviderPlan.For(["cuda", "tensorrt", "cpu"], Everything);

        Assert.Equal(["cuda", "tensorrt", "cpu"], plan.Providers);
        Assert.Empty(plan.Unmet);
    }

    [Fact]
    public void What_the_build_lacks_is_passed_over_and_said()
    {
        var plan = ProviderPlan.For(["tensorrt", "cuda", "cpu"], ["CPUExecutionProvider"]);

        Assert.Equal(["cpu"], plan.Providers);
        Assert.Equal(["tensorrt: this build of ONNX Runtime does not have it", "cuda: this build of ONNX Runtime does not have it"], plan.Unmet);
    }

    [Fact]
    public void Behind_the_processor_nothing_is_left_to_do()
    {
        Assert.Equal(["cpu"], ProviderPlan.For(["cpu", "cuda"], Everything).Providers);
    }

    [Fact]
    public void Without_the_processor_among_the_wishes_there_may_be_none()
    {
        var plan = ProviderPlan.For(["cuda", "npu"], ["CPUExecutionProvider"]);

        Assert.Empty(plan.Providers);
        Assert.Equal(["cuda: this build of ONNX Runtime does not have it", "npu: is no execution provider; there are tensorrt, cuda, cpu"], plan.Unmet);
    }

    [Fact]
    public void A_version_says_more_than_the_replica_and_the_replica_more_than_the_default()
    {
        var replica = new ModelOptions { IntraOpThreads = 3, DeviceMemoryBytes = 1 << 30, ExecutionProviders = ["cpu"] };

        var silent = SessionSettings.Of(new ExecutionConfiguration(), replica);
        var outspoken = SessionSettings.Of(new ExecutionConfiguration { Providers = ["tensorrt"], IntraOpThreads = 2, DeviceMemoryBytes = 1 << 20 }, replica);

        Assert.Equal(["cpu"], silent.Providers);
        Assert.Equal((3, 1 << 30), (silent.IntraOpThreads, silent.DeviceMemoryBytes));
        Assert.Equal(["tensorrt"], outspoken.Providers);
        Assert.Equal((2, 1 << 20), (outspoken.IntraOpThreads, outspoken.DeviceMemoryBytes));
        Assert.Equal(["cuda", "cpu"], SessionSettings.Of(new ExecutionConfiguration(), new ModelOptions()).Providers);
    }
}
