using ModelOps.Onnx.Schema;

namespace ModelOps.Onnx;

/// <summary>
/// The functions a file defines. A runtime copies a function's body to every call, so a short chain of functions that
/// call each other twice grows without end; what counts is the number of nodes after that.
/// </summary>
internal sealed class FunctionTable
{
    private const long Unknown = -1;
    private readonly Dictionary<(string Domain, string Name, string Overload), FunctionProto> _functions = [];
    private readonly Dictionary<FunctionProto, long> _expanded = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<string> _domains = new(StringComparer.Ordinal);
    private readonly InspectionLimits _limits;
    private readonly Refusals _refusals;

    public FunctionTable(InspectionLimits limits, Refusals refusals, IReadOnlyList<FunctionProto> functions)
    {
        (_limits, _refusals) = (limits, refusals);
        if (functions.Count > limits.MaxFunctions)
        {
            refusals.Add("functions", $"may be at most {limits.MaxFunctions}, there are {functions.Count}");
            return;
        }
        for (var i = 0; i < functions.Count; i++)
        {
            Add(functions[i], $"functions[{i}]");
        }
    }

    public bool Defines(string domain) => _domains.Contains(domain);

    public FunctionProto? Find(NodeProto node) =>
        _functions.Count == 0 ? null : _functions.GetValueOrDefault((OperatorDomain.Canonical(node.Domain), node.OpType, node.Overload));

    /// <summary>Nodes that a call of a function stands for.</summary>
    public long ExpandedNodes(FunctionProto function)
    {
        if (_expanded.TryGetValue(function, out var known))
        {
            if (known == Unknown)
            {
                _refusals.Add("functions", $"must not call themselves, {Shown.Name(function.Name)} does");
                return 0;
            }
            return known;
        }
        _expanded[function] = Unknown;
        return _expanded[function] = Count(function.Node);
    }

    private void Add(FunctionProto function, string path)
    {
        var domain = OperatorDomain.Canonical(function.Domain);
        if (_limits.Domains.ContainsKey(domain))
        {
            _refusals.Add($"{path}.domain", $"must not be {domain}: a model may not redefine its operators");
        }
        else if (!_functions.TryAdd((domain, function.Name, function.Overload), function))
        {
            _refusals.Add($"{path}.name", $"{Shown.Name(function.Name)} is defined twice");
        }
        _domains.Add(domain);
    }

    // Depth is bounded: functions by MaxFunctions, graphs inside nodes by the scan's MaxNesting.
    private long Count(IReadOnlyList<NodeProto> nodes)
    {
        var count = 0L;
        foreach (var node in nodes)
        {
            count += Find(node) is { } called ? ExpandedNodes(called) : 1;
            foreach (var attribute in node.Attribute)
            {
                count += attribute.G is null ? 0 : Count(attribute.G.Node);
                count += attribute.Graphs.Sum(graph => Count(graph.Node));
            }
            count = Math.Min(count, int.MaxValue);
        }
        return count;
    }
}
