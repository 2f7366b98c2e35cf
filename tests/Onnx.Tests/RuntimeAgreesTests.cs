using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using ModelOps.Onnx.Schema;

namespace ModelOps.Onnx.Tests;

/// <summary>What the inspector lets through is what the runtime loads, at the edges of its ranges too.</summary>
public sealed class RuntimeAgreesTests
{
    [Theory, MemberData(nameof(GoodModelTests.Golden), MemberType = typeof(GoodModelTests))]
    public void A_golden_model_loads_with_the_same_signature(string name)
    {
        var file = File.ReadAllBytes(Path.Combine(Models.Golden, $"{name}.onnx"));
        var signature = new ModelInspector().Inspect(file).Signature!;

        using var session = new InferenceSession(file);

        Assert.Equal(signature.Inputs.Select(input => input.Name), session.InputNames);
        Assert.Equal(signature.Outputs.Select(output => output.Name), session.OutputNames);
        Assert.All(signature.Inputs, input => Assert.Equal(input.Shape, session.InputMetadata[input.Name].Dimensions.Select(dim => (long)dim)));
    }

    [Fact]
    public void The_small_models_of_these_tests_load()
    {
        foreach (var model in (ModelProto[])[Models.Add(), Models.Tree(), Models.NestedIf(8)])
        {
            using var session = new InferenceSession(model.ToByteArray());

            Assert.NotEmpty(session.OutputNames);
        }
    }

    [Fact]
    public void Every_version_in_the_ranges_loads()
    {
        var limits = new InspectionLimits();
        for (var ir = limits.MinIrVersion; ir <= limits.MaxIrVersion; ir++)
        {
            Load(model => model.IrVersion = ir);
        }
        var opsets = limits.Domains[OperatorDomain.Default];
        for (var opset = opsets.Min; opset <= opsets.Max; opset++)
        {
            Load(model => model.OpsetImport[0].Version = opset);
        }
        var trees = limits.Domains[OperatorDomain.MachineLearning];
        for (var opset = trees.Min; opset <= trees.Max; opset++)
        {
            Load(model => model.OpsetImport.Add(new OperatorSetIdProto { Domain = OperatorDomain.MachineLearning, Version = opset }));
        }
    }

    private static void Load(Action<ModelProto> change)
    {
        var model = Models.Add();
        // Before format 4 an initializer had to be an input as well.
        model.Graph.Input.Add(Models.Value("w", TensorProto.Types.DataType.Float, 3));
        change(model);
        var file = model.ToByteArray();
        Assert.Empty(new ModelInspector().Inspect(file).Refusals);

        using var session = new InferenceSession(file);
    }
}
