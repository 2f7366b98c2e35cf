using ModelOps.Onnx.Schema;

namespace ModelOps.Onnx;

/// <summary>Which operators may a model use: allowed domains in allowed versions, and the functions it defines itself.</summary>
internal sealed class OperatorCheck
{
    private readonly InspectionLimits _limits;
    private readonly Refusals _refusals;
    private readonly FunctionTable _functions;
    private readonly HashSet<string> _imported;

    public OperatorCheck(InspectionLimits limits, Refusals refusals, ModelProto model)
    {
        _limits = limits;
        _refusals = refusals;
        _functions = new FunctionTable(limits, refusals, model.Functions);
        _imported = CheckImports(model.OpsetImport, "opset_import");
        DefaultOpset = model.OpsetImport.FirstOrDefault(import => OperatorDomain.Canonical(import.Domain) == OperatorDomain.Default)?.Version ?? 0;
        if (model.OpsetImport.Count == 0)
        {
            refusals.Add("opset_import", "must name the operator sets the model is written against");
        }
    }

    public long DefaultOpset { get; }

    /// <summary>Domains that the model itself imports.</summary>
    public IReadOnlySet<string> Imported => _imported;

    /// <summary>Checks imports, of the model or of a function.</summary>
    /// <returns>The imported domains.</returns>
    public HashSet<string> CheckImports(IReadOnlyList<OperatorSetIdProto> imports, string path)
    {
        var domains = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < imports.Count && !_refusals.Full; i++)
        {
            var (domain, version) = (OperatorDomain.Canonical(imports[i].Domain), imports[i].Version);
            if (!domains.Add(domain))
            {
                _refusals.Add($"{path}[{i}].domain", $"{Shown.Name(domain)} appears twice");
            }
            if (_limits.Domains.TryGetValue(domain, out var range))
            {
                if (version < range.Min || version > range.Max)
                {
                    _refusals.Add($"{path}[{i}].version", $"must be {range.Min} to {range.Max} for {domain}, it is {version}");
                }
            }
            else if (!_functions.Defines(domain))
            {
                _refusals.Add($"{path}[{i}].domain", $"must be one of {string.Join(", ", _limits.Domains.Keys)}, it is {Shown.Name(domain)}");
            }
        }
        return domains;
    }

    /// <summary>Checks that a node's operator may be used.</summary>
    /// <returns>How many nodes it stands for: 1, or those of the function it calls.</returns>
    public long CheckNode(NodeProto node, string path, IReadOnlySet<string> imported)
    {
        if (_functions.Find(node) is { } function)
        {
            return _functions.ExpandedNodes(function);
        }
        var domain = OperatorDomain.Canonical(node.Domain);
        var name = $"{domain}:{node.OpType}";
        if (!_limits.Domains.ContainsKey(domain))
        {
            _refusals.Add($"{path}.domain", $"must be one of {string.Join(", ", _limits.Domains.Keys)}, it is {Shown.Name(domain)}");
        }
        else if (!imported.Contains(domain))
        {
            _refusals.Add($"{path}.domain", $"{domain} must be named in opset_import");
        }
        else if (node.OpType.Length == 0)
        {
            _refusals.Add($"{path}.op_type", "must not be empty");
        }
        else if (_limits.ForbiddenOperators.Contains(name) || (_limits.AllowedOperators.Count > 0 && !_limits.AllowedOperators.Contains(name)))
        {
            _refusals.Add($"{path}.op_type", $"{Shown.Name(name)} is not an allowed operator");
        }
        return 1;
    }
}
