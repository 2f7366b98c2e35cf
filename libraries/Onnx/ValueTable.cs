using ModelOps.Onnx.Schema;

namespace ModelOps.Onnx;

/// <summary>The values of one graph: which are given, and which node makes the others. A name may be made once.</summary>
internal sealed class ValueTable
{
    private const int Given = -1;
    private readonly Dictionary<string, int> _producers = new(StringComparer.Ordinal);
    private readonly Refusals _refusals;

    public ValueTable(GraphProto graph, string path, Refusals refusals)
    {
        _refusals = refusals;
        for (var i = 0; i < graph.Input.Count; i++)
        {
            Define(graph.Input[i].Name, Given, $"{path}.input[{i}].name");
        }
        AddInitializers(graph, path);
        var nodeNames = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < graph.Node.Count; i++)
        {
            AddOutputs(graph.Node[i], i, $"{path}.node[{i}]");
            if (graph.Node[i].Name.Length > 0 && !nodeNames.Add(graph.Node[i].Name))
            {
                refusals.Add($"{path}.node[{i}].name", $"{Shown.Name(graph.Node[i].Name)} is the name of another node");
            }
        }
        RefuseRepeatedOutputs(graph, path);
    }

    public bool IsDefined(string name) => _producers.ContainsKey(name);

    /// <summary>The node that makes a value; null for inputs and initializers.</summary>
    public int? Producer(string name) => _producers[name] is var node && node == Given ? null : node;

    // An initializer may repeat an input's name: it is then that input's default.
    private void AddInitializers(GraphProto graph, string path)
    {
        var initialized = new HashSet<string>(StringComparer.Ordinal);
        var names = graph.Initializer.Select((tensor, i) => (tensor.Name, Path: $"{path}.initializer[{i}].name"))
            .Concat(graph.SparseInitializer.Select((sparse, i) => (sparse.Values?.Name ?? "", Path: $"{path}.sparse_initializer[{i}].values.name")));
        foreach (var (name, where) in names)
        {
            if (name.Length == 0)
            {
                _refusals.Add(where, "must not be empty");
            }
            else if (!initialized.Add(name))
            {
                _refusals.Add(where, $"{Shown.Name(name)} is defined twice");
            }
            _producers[name] = Given;
        }
    }

    private void AddOutputs(NodeProto node, int index, string path)
    {
        for (var i = 0; i < node.Output.Count; i++)
        {
            // An empty name stands for an optional output that is left out.
            if (node.Output[i].Length > 0)
            {
                Define(node.Output[i], index, $"{path}.output[{i}]");
            }
        }
    }

    private void Define(string name, int producer, string where)
    {
        if (name.Length == 0)
        {
            _refusals.Add(where, "must not be empty");
        }
        else if (!_producers.TryAdd(name, producer))
        {
            _refusals.Add(where, $"{Shown.Name(name)} is defined twice");
        }
    }

    private void RefuseRepeatedOutputs(GraphProto graph, string path)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < graph.Output.Count; i++)
        {
            if (!names.Add(graph.Output[i].Name))
            {
                _refusals.Add($"{path}.output[{i}].name", $"{Shown.Name(graph.Output[i].Name)} appears twice");
            }
        }
    }
}
