using ModelOps.Onnx.Schema;

namespace ModelOps.Onnx;

/// <summary>Do the nodes of a graph, and of the graphs inside them, fit together: every value made once, used only after it is made?</summary>
internal sealed class GraphCheck(InspectionLimits limits, Refusals refusals, OperatorCheck operators)
{
    private readonly TensorCheck _tensors = new(limits, refusals);
    private readonly TreeCheck _trees = new(refusals);
    private readonly AllocationCheck _allocations = new(limits, refusals);
    private long _nodes;

    public void Check(ModelProto model)
    {
        var graph = model.Graph;
        RefuseUndefined(CheckGraph(graph, "graph", depth: 0, operators.Imported));
        for (var i = 0; i < model.Functions.Count && !refusals.Full; i++)
        {
            CheckFunction(model.Functions[i], $"functions[{i}]");
        }
    }

    private void CheckFunction(FunctionProto function, string path)
    {
        var imported = operators.CheckImports(function.OpsetImport, $"{path}.opset_import");
        var body = new GraphProto { Node = { function.Node } };
        body.Input.AddRange(function.Input.Select(name => new ValueInfoProto { Name = name }));
        body.Output.AddRange(function.Output.Select(name => new ValueInfoProto { Name = name }));
        RefuseUndefined(CheckGraph(body, path, depth: 0, imported));
    }

    /// <summary>Checks a graph and everything inside it.</summary>
    /// <returns>Names it takes from the graph around it, each with the first place that uses it.</returns>
    private Dictionary<string, string> CheckGraph(GraphProto graph, string path, int depth, IReadOnlySet<string> imported)
    {
        var free = new Dictionary<string, string>(StringComparer.Ordinal);
        if (depth > limits.MaxControlFlowDepth)
        {
            refusals.Add(path, $"is nested too deep: graphs may stand {limits.MaxControlFlowDepth} deep inside each other");
            return free;
        }
        CheckConstants(graph, path);
        var values = new ValueTable(graph, path, refusals);
        var topology = new Topology(graph.Node.Count);
        for (var i = 0; i < graph.Node.Count && !refusals.Full; i++)
        {
            var node = graph.Node[i];
            var needs = CheckNode(node, $"{path}.node[{i}]", depth, imported);
            for (var input = 0; input < node.Input.Count; input++)
            {
                needs.TryAdd(node.Input[input], $"{path}.node[{i}].input[{input}]");
            }
            Resolve(needs, i, values, topology, free);
            _trees.Check(node, $"{path}.node[{i}]", name => Width(graph, name));
        }
        if (!refusals.Full && topology.FindCycle() is { } cyclic)
        {
            refusals.Add($"{path}.node[{cyclic}]", $"{Shown.Name(graph.Node[cyclic].Name)} is part of a cycle, or waits for one: no order exists in which the nodes can run");
        }
        for (var i = 0; i < graph.Output.Count; i++)
        {
            if (!values.IsDefined(graph.Output[i].Name))
            {
                free.TryAdd(graph.Output[i].Name, $"{path}.output[{i}].name");
            }
        }
        return free;
    }

    private static void Resolve(Dictionary<string, string> needs, int node, ValueTable values, Topology topology, Dictionary<string, string> free)
    {
        foreach (var (name, where) in needs)
        {
            // An empty name stands for an optional input that is left out.
            if (name.Length == 0)
            {
                continue;
            }
            if (!values.IsDefined(name))
            {
                free.TryAdd(name, where);
            }
            else if (values.Producer(name) is { } producer)
            {
                topology.Need(node, producer);
            }
        }
    }

    /// <summary>Checks a node alone, and the graphs inside it.</summary>
    /// <returns>Names that the graphs inside it take from the graph around them.</returns>
    private Dictionary<string, string> CheckNode(NodeProto node, string path, int depth, IReadOnlySet<string> imported)
    {
        var needs = new Dictionary<string, string>(StringComparer.Ordinal);
        if ((_nodes += operators.CheckNode(node, path, imported)) > limits.MaxNodes)
        {
            refusals.Add(path, $"is one too many: a model may have at most {limits.MaxNodes} nodes, those of called functions included");
            return needs;
        }
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < node.Attribute.Count && !refusals.Full; i++)
        {
            var attribute = node.Attribute[i];
            if (!names.Add(attribute.Name))
            {
                refusals.Add($"{path}.attribute[{i}].name", $"{Shown.Name(attribute.Name)} appears twice");
            }
            CheckTensors(attribute, $"{path}.attribute[{i}]");
            foreach (var (graph, where) in Graphs(attribute, $"{path}.attribute[{i}]"))
            {
                foreach (var (name, user) in CheckGraph(graph, where, depth + 1, imported))
                {
                    needs.TryAdd(name, user);
                }
            }
        }
        return needs;
    }

    private static IEnumerable<(GraphProto Graph, string Path)> Graphs(AttributeProto attribute, string path)
    {
        if (attribute.G is { } single)
        {
            yield return (single, $"{path}.g");
        }
        for (var i = 0; i < attribute.Graphs.Count; i++)
        {
            yield return (attribute.Graphs[i], $"{path}.graphs[{i}]");
        }
    }

    private void CheckTensors(AttributeProto attribute, string path)
    {
        if (attribute.T is { } tensor)
        {
            _tensors.Check(tensor, $"{path}.t");
        }
        if (attribute.SparseTensor is { } sparse)
        {
            _tensors.Check(sparse, $"{path}.sparse_tensor");
        }
        for (var i = 0; i < attribute.Tensors.Count; i++)
        {
            _tensors.Check(attribute.Tensors[i], $"{path}.tensors[{i}]");
        }
        for (var i = 0; i < attribute.SparseTensors.Count; i++)
        {
            _tensors.Check(attribute.SparseTensors[i], $"{path}.sparse_tensors[{i}]");
        }
    }

    private void CheckConstants(GraphProto graph, string path)
    {
        for (var i = 0; i < graph.Initializer.Count && !refusals.Full; i++)
        {
            _tensors.Check(graph.Initializer[i], $"{path}.initializer[{i}]");
        }
        for (var i = 0; i < graph.SparseInitializer.Count && !refusals.Full; i++)
        {
            _tensors.Check(graph.SparseInitializer[i], $"{path}.sparse_initializer[{i}]");
        }
        _allocations.Check(graph, path);
    }

    /// <summary>The last dimension of a value, where the file states it.</summary>
    private static long? Width(GraphProto graph, string name)
    {
        var stated = graph.Input.Concat(graph.ValueInfo).FirstOrDefault(value => value.Name == name)?.Type?.TensorType?.Shape;
        return stated?.Dim.LastOrDefault() is { ValueCase: TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue } last ? last.DimValue : null;
    }

    private void RefuseUndefined(Dictionary<string, string> free)
    {
        foreach (var (name, where) in free)
        {
            refusals.Add(where, $"uses {Shown.Name(name)}, which nothing defines");
        }
    }
}
