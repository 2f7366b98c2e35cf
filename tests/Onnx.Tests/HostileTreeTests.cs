using Google.Protobuf;
using ModelOps.Onnx.Schema;

namespace ModelOps.Onnx.Tests;

public sealed class HostileTreeTests
{
    [Theory]
    [InlineData("nodes_truenodeids")]
    [InlineData("nodes_featureids")]
    [InlineData("class_nodeids")]
    public void Lists_of_different_length_are_refused(string list) =>
        Assert.Contains("as many entries", Refused(list, ints => ints.RemoveAt(0)).Rule, StringComparison.Ordinal);

    [Theory]
    [InlineData(-5)]
    [InlineData(2)]
    public void A_feature_that_the_input_does_not_have_is_refused(long feature) => Assert.Equal(
        $"graph.node[0].nodes_featureids[0] must be 0 to 1, it is {feature}", Refused("nodes_featureids", ints => ints[0] = feature).ToString());

    [Fact]
    public void A_leaf_needs_no_feature()
    {
        var model = Models.Tree();
        model.Graph.Node[0].Attribute.Single(attribute => attribute.Name == "nodes_featureids").Ints[2] = -2;

        Assert.Empty(new ModelInspector().Inspect(model.ToByteArray()).Refusals);
    }

    [Fact]
    public void A_negative_feature_is_refused_also_where_the_input_states_no_width()
    {
        var model = Models.Tree();
        model.Graph.Input[0] = Models.Value("x", TensorProto.Types.DataType.Float, null, null);
        model.Graph.Node[0].Attribute.Single(attribute => attribute.Name == "nodes_featureids").Ints[0] = -1;

        Assert.Equal("graph.node[0].nodes_featureids[0]", new ModelInspector().Inspect(model.ToByteArray()).Refusals[0].Field);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(-1)]
    public void A_child_that_does_not_exist_is_refused(long child) =>
        Assert.Equal("graph.node[0].nodes_truenodeids[0]", Refused("nodes_truenodeids", ints => ints[0] = child).Field);

    [Fact]
    public void A_node_that_is_its_own_child_is_refused() =>
        Assert.Contains("cycle", Refused("nodes_falsenodeids", ints => ints[0] = 0).Rule, StringComparison.Ordinal);

    [Fact]
    public void A_node_number_used_twice_is_refused() =>
        Assert.Contains("twice in tree 0", Refused("nodes_nodeids", ints => ints[2] = 1).Rule, StringComparison.Ordinal);

    [Theory]
    [InlineData(2)]
    [InlineData(-1)]
    public void A_class_that_does_not_exist_is_refused(long id) =>
        Assert.Equal($"graph.node[0].class_ids[0] must be 0 to 1, it is {id}", Refused("class_ids", ints => ints[0] = id).ToString());

    [Fact]
    public void A_leaf_that_does_not_exist_is_refused() =>
        Assert.Equal("graph.node[0].class_nodeids[1]", Refused("class_nodeids", ints => ints[1] = 9).Field);

    [Fact]
    public void An_unknown_mode_is_refused()
    {
        var model = Models.Tree();
        model.Graph.Node[0].Attribute.Single(attribute => attribute.Name == "nodes_modes").Strings[0] = ByteString.CopyFromUtf8("BRANCH_EVIL");

        Assert.Equal("graph.node[0].nodes_modes[0]", new ModelInspector().Inspect(model.ToByteArray()).Refusals[0].Field);
    }

    [Fact]
    public void Branches_may_share_a_child_as_set_membership_is_written()
    {
        var model = Models.Tree();
        var node = model.Graph.Node[0];
        Set(node, "nodes_nodeids", 0, 1, 2, 3);
        Set(node, "nodes_treeids", 0, 0, 0, 0);
        Set(node, "nodes_featureids", 0, 0, 0, 0);
        Set(node, "nodes_truenodeids", 2, 2, 0, 0);
        Set(node, "nodes_falsenodeids", 1, 3, 0, 0);
        Set(node, "class_nodeids", 2, 3);
        node.Attribute.Single(attribute => attribute.Name == "nodes_values").Floats.Add(0);
        node.Attribute.Single(attribute => attribute.Name == "nodes_modes").Strings.Insert(1, ByteString.CopyFromUtf8("BRANCH_EQ"));

        Assert.Empty(new ModelInspector().Inspect(model.ToByteArray()).Refusals);
    }

    private static void Set(NodeProto node, string name, params long[] values)
    {
        var list = node.Attribute.Single(attribute => attribute.Name == name).Ints;
        list.Clear();
        list.AddRange(values);
    }

    private static ModelRefusal Refused(string list, Action<IList<long>> change)
    {
        var model = Models.Tree();
        change(model.Graph.Node[0].Attribute.Single(attribute => attribute.Name == list).Ints);
        return new ModelInspector().Inspect(model.ToByteArray()).Refusals[0];
    }
}
