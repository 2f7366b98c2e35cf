using Google.Protobuf;
using ModelOps.Onnx.Schema;
using DataType = ModelOps.Onnx.Schema.TensorProto.Types.DataType;

namespace ModelOps.Onnx.Tests;

public sealed class HostileModelTests
{
    [Theory]
    [InlineData("/etc/passwd", true)]
    [InlineData("../../etc/passwd", true)]
    [InlineData("a/../../b", true)]
    [InlineData(@"C:\secrets", true)]
    [InlineData("weights.bin", false)]
    public void External_data_is_refused(string location, bool outside)
    {
        var refusal = Refused(model =>
        {
            model.Graph.Initializer[0].FloatData.Clear();
            model.Graph.Initializer[0].DataLocation = TensorProto.Types.DataLocation.External;
            model.Graph.Initializer[0].ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        });

        Assert.Equal("graph.initializer[0].external_data", refusal.Field);
        Assert.Equal(outside, refusal.Rule.Contains("outside the model", StringComparison.Ordinal));
    }

    [Fact]
    public void External_data_inside_a_branch_is_refused()
    {
        var model = Models.NestedIf(3);
        var branch = model.Graph.Node[^1].Attribute[1].G;
        branch.Node.Add(new NodeProto
        {
            OpType = "Constant",
            Output = { "k" },
            Attribute = { new AttributeProto { Name = "value", T = new() { DataLocation = TensorProto.Types.DataLocation.External } } },
        });

        Assert.Equal("graph.node[1].attribute[1].g.node[1].attribute[0].t.external_data", Refused(model).Field);
    }

    [Fact]
    public void A_cycle_is_refused()
    {
        var refusal = Refused(model =>
        {
            model.Graph.Node[0].Input[1] = "b";
            model.Graph.Node.Add(new NodeProto { OpType = "Identity", Input = { "y" }, Output = { "b" } });
        });

        Assert.StartsWith("graph.node[", refusal.Field, StringComparison.Ordinal);
        Assert.Contains("cycle", refusal.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cycle_through_a_branch_is_refused()
    {
        var model = Models.NestedIf(1);
        model.Graph.Node[^1].Attribute[0].G.Node[0].Input[0] = "z";

        Assert.Contains("cycle", Refused(model).Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stored_tensor_of_2_to_the_40_elements_is_refused() => Assert.Equal(
        "graph.initializer[0].dims [1099511627776] may make at most 1073741824 elements",
        Refused(model => model.Graph.Initializer[0].Dims[0] = 1L << 40).ToString());

    [Theory]
    [InlineData(1L << 20, 1L << 20)]
    [InlineData(1L << 32, 1L << 32)]
    [InlineData(long.MaxValue, long.MaxValue)]
    [InlineData(0, long.MaxValue)]
    public void Dimensions_whose_product_is_too_large_are_refused(long first, long second)
    {
        var refusal = Refused(model =>
        {
            model.Graph.Initializer[0].Dims.Clear();
            model.Graph.Initializer[0].Dims.Add([first, second]);
        });

        Assert.Equal("graph.initializer[0].dims", refusal.Field);
    }

    [Fact]
    public void A_declared_input_of_2_to_the_40_elements_is_refused() =>
        Assert.Equal("graph.input[0].type.shape", Refused(model => model.Graph.Input[0] = Models.Value("x", DataType.Float, 1L << 40)).Field);

    [Fact]
    public void A_constant_shape_of_2_to_the_40_elements_is_refused() => Assert.Equal("graph.node[1].input[0]", Refused(model =>
    {
        model.Graph.Initializer.Add(new TensorProto { Name = "shape", DataType = DataType.Int64, Dims = { 1 }, Int64Data = { 1L << 40 } });
        model.Graph.Node.Add(new NodeProto { OpType = "ConstantOfShape", Input = { "shape" }, Output = { "bomb" } });
    }).Field);

    [Fact]
    public void A_sparse_tensor_that_is_large_when_dense_is_refused() => Assert.Equal("graph.sparse_initializer[0].dims", Refused(model =>
        model.Graph.SparseInitializer.Add(new SparseTensorProto
        {
            Dims = { 1L << 40 },
            Values = new() { Name = "s", DataType = DataType.Float, Dims = { 1 }, FloatData = { 1 } },
            Indices = new() { DataType = DataType.Int64, Dims = { 1 }, Int64Data = { 0 } },
        })).Field);

    [Fact]
    public void A_negative_dimension_is_refused() =>
        Assert.Equal("graph.initializer[0].dims[0] must not be negative, it is -3", Refused(model => model.Graph.Initializer[0].Dims[0] = -3).ToString());

    [Fact]
    public void A_tensor_with_fewer_values_than_its_dimensions_say_is_refused() =>
        Assert.Equal("graph.initializer[0] stores 3 values, its dims [5] need 5", Refused(model => model.Graph.Initializer[0].Dims[0] = 5).ToString());

    [Fact]
    public void Raw_bytes_that_do_not_fit_the_dimensions_are_refused() => Assert.Equal(
        "graph.initializer[0].raw_data has 11 bytes, 3 elements of FLOAT need 12",
        Refused(model => model.Graph.Initializer[0].RawData = ByteString.CopyFrom(new byte[11])).ToString());

    [Theory]
    [InlineData(6)]
    [InlineData(99)]
    [InlineData(-1)]
    public void An_opset_outside_the_range_is_refused(long version)
    {
        var refusal = Refused(model => model.OpsetImport[0].Version = version);

        Assert.Equal($"opset_import[0].version must be 7 to 25 for ai.onnx, it is {version}", refusal.ToString());
    }

    [Fact]
    public void A_model_without_opset_is_refused() => Assert.Equal("opset_import", Refused(model => model.OpsetImport.Clear()).Field);

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(1_000)]
    public void A_file_format_outside_the_range_is_refused(long version) =>
        Assert.Equal($"ir_version must be 3 to 13, it is {version}", Refused(model => model.IrVersion = version).ToString());

    [Fact]
    public void An_operator_of_a_foreign_domain_is_refused() =>
        Assert.Equal("graph.node[0].domain", Refused(model => model.Graph.Node[0].Domain = "evil.example").Field);

    [Fact]
    public void A_foreign_domain_that_is_imported_is_refused() => Assert.Equal(
        "opset_import[1].domain", Refused(model => model.OpsetImport.Add(new OperatorSetIdProto { Domain = "evil.example", Version = 1 })).Field);

    [Fact]
    public void An_operator_that_reads_files_is_refused() => Assert.Equal("graph.node[0].op_type", Refused(model =>
    {
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "com.microsoft", Version = 1 });
        model.Graph.Node[0].Domain = "com.microsoft";
        model.Graph.Node[0].OpType = "EPContext";
    }).Field);

    [Fact]
    public void With_an_allow_list_other_operators_are_refused()
    {
        var limits = new InspectionLimits();
        limits.AllowedOperators.Add("ai.onnx:MatMul");

        var found = new ModelInspector(limits).Inspect(Models.Add().ToByteArray());

        Assert.Equal("graph.node[0].op_type 'ai.onnx:Add' is not an allowed operator", Assert.Single(found.Refusals).ToString());
    }

    [Fact]
    public void A_value_that_nothing_defines_is_refused() =>
        Assert.Equal("graph.node[0].input[1] uses 'nowhere', which nothing defines", Refused(model => model.Graph.Node[0].Input[1] = "nowhere").ToString());

    [Fact]
    public void An_output_that_nothing_defines_is_refused() =>
        Assert.Equal("graph.output[0].name", Refused(model => model.Graph.Output[0].Name = "nowhere").Field);

    [Fact]
    public void A_value_made_twice_is_refused() => Assert.Equal(
        "graph.node[1].output[0] 'y' is defined twice",
        Refused(model => model.Graph.Node.Add(new NodeProto { OpType = "Identity", Input = { "x" }, Output = { "y" } })).ToString());

    [Fact]
    public void Two_nodes_of_one_name_are_refused() => Assert.Equal(
        "graph.node[1].name",
        Refused(model => model.Graph.Node.Add(new NodeProto { Name = "add", OpType = "Identity", Input = { "x" }, Output = { "z" } })).Field);

    [Fact]
    public void Graphs_nested_deeper_than_the_limit_are_refused() =>
        Assert.Contains("may stand 8 deep", Refused(Models.NestedIf(9)).Rule, StringComparison.Ordinal);

    [Fact]
    public void More_nodes_than_the_limit_are_refused()
    {
        var found = new ModelInspector(new() { MaxNodes = 3 }).Inspect(Models.NestedIf(2).ToByteArray());

        Assert.Contains("at most 3 nodes", found.Refusals[0].Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void Functions_that_double_sixty_times_are_refused()
    {
        var model = Models.Add();
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "f", Version = 1 });
        for (var i = 0; i < 60; i++)
        {
            var called = i == 0 ? "Identity" : $"f{i - 1}";
            var domain = i == 0 ? "" : "f";
            model.Functions.Add(new FunctionProto
            {
                Domain = "f",
                Name = $"f{i}",
                Input = { "a" },
                Output = { "c" },
                OpsetImport = { new OperatorSetIdProto { Version = 17 } },
                Node =
                {
                    new NodeProto { OpType = called, Domain = domain, Input = { "a" }, Output = { "b" } },
                    new NodeProto { OpType = called, Domain = domain, Input = { "b" }, Output = { "c" } },
                },
            });
        }
        model.Graph.Node.Add(new NodeProto { OpType = "f59", Domain = "f", Input = { "y" }, Output = { "z" } });

        Assert.Contains("at most 100000 nodes", Refused(model).Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_that_calls_itself_is_refused()
    {
        var model = Models.Add();
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "f", Version = 1 });
        model.Functions.Add(new FunctionProto
        {
            Domain = "f",
            Name = "f",
            Input = { "a" },
            Output = { "b" },
            Node = { new NodeProto { OpType = "f", Domain = "f", Input = { "a" }, Output = { "b" } } },
        });
        model.Graph.Node.Add(new NodeProto { OpType = "f", Domain = "f", Input = { "y" }, Output = { "z" } });

        Assert.Contains("must not call themselves", Refused(model).Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sequence_of_maps_is_refused_with_the_way_out()
    {
        var refusal = Refused(model => model.Graph.Output[0].Type = new()
        {
            SequenceType = new() { ElemType = new() { MapType = new() { KeyType = DataType.Int64 } } },
        });

        Assert.Equal("graph.output[0].type", refusal.Field);
        Assert.Contains("zipmap=False", refusal.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void Control_characters_of_a_name_do_not_reach_the_message()
    {
        var refusal = Refused(model => model.Graph.Node[0].Input[1] = "\u001b[2J\r\nno\u202ename");

        Assert.DoesNotContain(refusal.Rule, char.IsControl);
        Assert.DoesNotContain("\u202e", refusal.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void At_most_sixteen_reasons_are_given()
    {
        var model = Models.Add();
        model.Graph.Node[0].Input.AddRange(Enumerable.Range(0, 1_000).Select(i => $"u{i}"));

        Assert.Equal(16, new ModelInspector().Inspect(model.ToByteArray()).Refusals.Count);
    }

    private static ModelRefusal Refused(Action<ModelProto> change)
    {
        var model = Models.Add();
        change(model);
        return Refused(model);
    }

    private static ModelRefusal Refused(ModelProto model) => new ModelInspector().Inspect(model.ToByteArray()).Refusals[0];
}
