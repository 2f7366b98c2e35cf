using System.Text.Json;
using Google.Protobuf;

namespace ModelOps.Onnx.Tests;

public sealed class GoodModelTests
{
    public static TheoryData<string> Golden => ["mlp", "conv", "gbc_d3"];

    [Theory, MemberData(nameof(Golden))]
    public void Signature_of_a_golden_model_is_the_one_recorded(string name)
    {
        using var expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(Models.Golden, "expected.json")));
        var metadata = expected.RootElement.GetProperty("models").GetProperty(name).GetProperty("metadata");
        using var file = File.OpenRead(Path.Combine(Models.Golden, $"{name}.onnx"));

        var found = new ModelInspector().Inspect(file);

        Assert.Empty(found.Refusals);
        Assert.Equal(Specs(metadata.GetProperty("inputs")), found.Signature!.Inputs.Select(Text));
        Assert.Equal(Specs(metadata.GetProperty("outputs")), found.Signature.Outputs.Select(Text));
        Assert.True(found.Signature.Opset > 0);
    }

    [Fact]
    public void An_input_with_a_default_is_not_part_of_the_signature()
    {
        var model = Models.Add();
        model.Graph.Input.Add(Models.Value("w", Schema.TensorProto.Types.DataType.Float, 3));

        var found = new ModelInspector().Inspect(model.ToByteArray());

        Assert.Equal(["x FP32 [-1,3]"], found.Signature!.Inputs.Select(Text));
    }

    [Fact]
    public void Metadata_of_the_file_is_given()
    {
        var model = Models.Add();
        model.MetadataProps.Add(new Schema.StringStringEntryProto { Key = "modelops.allow_nan", Value = "false" });

        var found = new ModelInspector().Inspect(model.ToByteArray());

        Assert.Equal("false", found.Metadata["modelops.allow_nan"]);
    }

    [Fact]
    public void Nodes_in_another_order_than_they_run_in_are_accepted()
    {
        var model = Models.Add();
        model.Graph.Node.Insert(0, new Schema.NodeProto { OpType = "Identity", Input = { "y" }, Output = { "z" } });

        Assert.Empty(new ModelInspector().Inspect(model.ToByteArray()).Refusals);
    }

    [Fact]
    public void A_stump_is_accepted() => Assert.Empty(new ModelInspector().Inspect(Models.Tree().ToByteArray()).Refusals);

    [Fact]
    public void Graphs_nested_up_to_the_limit_are_accepted_and_see_the_names_around_them() =>
        Assert.Empty(new ModelInspector().Inspect(Models.NestedIf(8).ToByteArray()).Refusals);

    [Fact]
    public void Functions_that_the_file_defines_may_be_called()
    {
        var model = Models.Add();
        model.OpsetImport.Add(new Schema.OperatorSetIdProto { Domain = "local", Version = 1 });
        model.Functions.Add(new Schema.FunctionProto
        {
            Domain = "local",
            Name = "Twice",
            Input = { "a" },
            Output = { "b" },
            OpsetImport = { new Schema.OperatorSetIdProto { Version = 17 } },
            Node = { new Schema.NodeProto { OpType = "Add", Input = { "a", "a" }, Output = { "b" } } },
        });
        model.Graph.Node.Add(new Schema.NodeProto { OpType = "Twice", Domain = "local", Input = { "y" }, Output = { "z" } });

        Assert.Empty(new ModelInspector().Inspect(model.ToByteArray()).Refusals);
    }

    private static IEnumerable<string> Specs(JsonElement specs) => specs.EnumerateArray().Select(spec =>
        $"{spec.GetProperty("name").GetString()} {spec.GetProperty("datatype").GetString()} [{string.Join(',', spec.GetProperty("shape").EnumerateArray().Select(dim => dim.GetInt64()))}]");

    private static string Text(TensorSpec spec) => $"{spec.Name} {spec.Datatype} [{string.Join(',', spec.Shape)}]";
}
