using ModelOps.Onnx;
using ModelOps.Onnx.Schema;
using DataType = ModelOps.Onnx.Schema.TensorProto.Types.DataType;

namespace ModelOps.Explanations.Encoding;

/// <summary>Follows a value back to the inputs of the graph, through operators that make each column of one feature.</summary>
internal sealed class EncodingReader
{
    /// <summary>Most operators between an input and the trees; each is one call deep.</summary>
    private const int MaxOperators = 64;

    private const string Known = "Identity, Cast, Flatten, Reshape, Concat, Imputer, Scaler and OneHotEncoder are";
    private readonly GraphConstants _constants;
    private readonly Dictionary<string, NodeProto> _producers;
    private readonly Dictionary<string, EncodedTensor> _tensors = new(StringComparer.Ordinal);
    private readonly List<ModelFeature> _features = [];
    private readonly int _maxColumns;

    public EncodingReader(GraphProto graph, int maxColumns)
    {
        _maxColumns = maxColumns;
        _constants = new GraphConstants(graph);
        _producers = graph.Node.SelectMany(node => node.Output.Where(name => name.Length > 0).Select(name => (name, node)))
            .DistinctBy(made => made.name, StringComparer.Ordinal)
            .ToDictionary(made => made.name, made => made.node, StringComparer.Ordinal);
        foreach (var input in graph.Input.Where(input => !_constants.Has(input.Name)))
        {
            AddInput(input);
        }
    }

    /// <summary>The features in the order of the graph's inputs and their columns.</summary>
    public IReadOnlyList<ModelFeature> Features => _features;

    /// <summary>Why the value cannot be followed; null as long as it can.</summary>
    public string? Reason { get; private set; }

    /// <summary>Follows a value back.</summary>
    /// <returns>Null when it cannot be followed; <see cref="Reason"/> says why.</returns>
    public EncodedTensor? Read(string value) => Read(value, depth: 0);

    private void AddInput(ValueInfoProto input)
    {
        if (input.Type?.TensorType is not { Shape: { } shape } tensor || shape.Dim.Count is 0 or > 2 || (shape.Dim.Count == 2 && shape.Dim[1].DimValue < 1))
        {
            Reason ??= $"input '{input.Name}' states no number of columns";
            return;
        }
        var width = shape.Dim.Count == 1 ? 1 : shape.Dim[1].DimValue;
        if (_features.Count + width > _maxColumns)
        {
            Reason ??= $"the inputs have more than {_maxColumns} columns";
            return;
        }
        var columns = new Column[width];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = new InputColumn(_features.Count, tensor.ElemType);
            _features.Add(new ModelFeature(input.Name, i, tensor.ElemType == DataType.String));
        }
        _tensors[input.Name] = new(columns, shape.Dim.Count);
    }

    private EncodedTensor? Read(string value, int depth)
    {
        if (Reason is not null || _tensors.TryGetValue(value, out var known))
        {
            return Reason is null ? _tensors[value] : null;
        }
        if (!_producers.TryGetValue(value, out var node))
        {
            return Refuse($"value '{value}' is a constant, not made of the inputs");
        }
        if (depth == MaxOperators)
        {
            return Refuse($"more than {MaxOperators} operators follow each other before it");
        }
        var inputs = new List<EncodedTensor>();
        foreach (var name in node.OpType == "Reshape" ? node.Input.Take(1) : node.Input)
        {
            if (Read(name, depth + 1) is not { } input)
            {
                return null;
            }
            inputs.Add(input);
        }
        var made = inputs.Count == 0 ? null : Apply(node, inputs);
        if (made is null)
        {
            return Refuse($"operator '{node.OpType}' before it does not keep columns of one feature apart ({Known} followed)");
        }
        return made.Columns.Length > _maxColumns ? Refuse($"it takes more than {_maxColumns} columns") : _tensors[value] = made;
    }

    private EncodedTensor? Apply(NodeProto node, List<EncodedTensor> inputs)
    {
        var attributes = new TreeAttributes(node);
        var first = inputs[0];
        return (OperatorDomain.Canonical(node.Domain), node.OpType) switch
        {
            (OperatorDomain.Default, "Identity") => first,
            (OperatorDomain.Default, "Cast") => Cast(first, (DataType)(attributes.Int("to") ?? 0)),
            (OperatorDomain.Default, "Flatten") => (attributes.Int("axis") ?? 1) == 1 ? first with { Rank = 2 } : null,
            (OperatorDomain.Default, "Reshape") => Reshape(first, node.Input.Count > 1 ? _constants.Integers(node.Input[1]) : null),
            (OperatorDomain.Default, "Concat") => Concat(inputs, attributes.Int("axis") ?? 0),
            (OperatorDomain.MachineLearning, "Imputer") => Impute(first, attributes),
            (OperatorDomain.MachineLearning, "Scaler") => Scale(first, attributes),
            (OperatorDomain.MachineLearning, "OneHotEncoder") => OneHot(first, attributes),
            _ => null,
        };
    }

    private static EncodedTensor? Cast(EncodedTensor tensor, DataType to)
    {
        var isNumber = to is DataType.Float or DataType.Double or DataType.Bool or DataType.Int32 or DataType.Int64;
        return isNumber && !tensor.IsText ? tensor with { Columns = Array.ConvertAll(tensor.Columns, column => (Column)new CastColumn(column, to)) } : null;
    }

    private static EncodedTensor? Reshape(EncodedTensor tensor, long[]? shape) => shape switch
    {
        [-1 or 0, var width] when width == tensor.Columns.Length || (width == -1 && shape[0] == 0) => tensor with { Rank = 2 },
        [-1] when tensor.Columns.Length == 1 => tensor with { Rank = 1 },
        _ => null,
    };

    private static EncodedTensor? Concat(List<EncodedTensor> inputs, long axis) =>
        axis is 1 or -1 && inputs.TrueForAll(input => input.Rank == 2) ? new([.. inputs.SelectMany(input => input.Columns)], 2) : null;

    private static EncodedTensor? Impute(EncodedTensor tensor, TreeAttributes attributes)
    {
        var (floats, integers) = (attributes.Numbers("imputed_value_floats"), attributes.Ints("imputed_value_int64s"));
        var values = floats.Count > 0 ? floats : [.. integers.Select(value => (double)value)];
        double replaced = floats.Count > 0 ? attributes.Float("replaced_value_float") ?? 0 : attributes.Int("replaced_value_int64") ?? 0;
        return tensor.IsText ? null : PerColumn(tensor, values, (column, value) => new ImputedColumn(column, replaced, value));
    }

    private static EncodedTensor? Scale(EncodedTensor tensor, TreeAttributes attributes)
    {
        var scales = attributes.Numbers("scale");
        var shifted = tensor.IsText ? null : PerColumn(tensor, attributes.Numbers("offset"), (column, offset) => new ScaledColumn(column, (float)offset, 1));
        return shifted is null ? null : PerColumn(shifted, scales, (column, scale) => ((ScaledColumn)column) with { Scale = (float)scale });
    }

    /// <summary>Attributes of one value hold for every column.</summary>
    private static EncodedTensor? PerColumn(EncodedTensor tensor, IReadOnlyList<double> values, Func<Column, double, Column> make) =>
        tensor.Rank <= 2 && (values.Count == 1 || values.Count == tensor.Columns.Length)
            ? tensor with { Columns = [.. tensor.Columns.Select((column, i) => make(column, values[values.Count == 1 ? 0 : i]))] }
            : null;

    private EncodedTensor? OneHot(EncodedTensor tensor, TreeAttributes attributes)
    {
        FeatureValue[] categories = tensor.IsText
            ? [.. attributes.Strings("cats_strings").Select(category => new FeatureValue(0, category.ToStringUtf8()))]
            : [.. attributes.Ints("cats_int64s").Select(category => new FeatureValue(category))];
        if (tensor.Rank > 2 || categories.Length == 0 || (long)categories.Length * tensor.Columns.Length > _maxColumns)
        {
            return null;
        }
        return new([.. tensor.Columns.SelectMany(column => categories.Select(category => new IndicatorColumn(column, category)))], tensor.Rank + 1);
    }

    private EncodedTensor? Refuse(string reason)
    {
        Reason ??= reason;
        return null;
    }
}
