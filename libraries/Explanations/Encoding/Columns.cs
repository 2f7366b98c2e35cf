using DataType = ModelOps.Onnx.Schema.TensorProto.Types.DataType;

namespace ModelOps.Explanations.Encoding;

/// <summary>A column of a matrix that a graph makes of one feature, computed as ONNX Runtime does.</summary>
/// <param name="Feature">The feature.</param>
/// <param name="Type">Type of its elements; floats are computed in 32 bits.</param>
internal abstract record Column(int Feature, DataType Type)
{
    public abstract FeatureValue Of(ReadOnlySpan<FeatureValue> row);
}

/// <summary>A feature as it comes.</summary>
internal sealed record InputColumn(int Feature, DataType Type) : Column(Feature, Type)
{
    public override FeatureValue Of(ReadOnlySpan<FeatureValue> row) =>
        Type == DataType.Float ? row[Feature] with { Number = (float)row[Feature].Number } : row[Feature];
}

/// <summary>Cast to another type of numbers.</summary>
internal sealed record CastColumn(Column Inner, DataType To) : Column(Inner.Feature, To)
{
    public override FeatureValue Of(ReadOnlySpan<FeatureValue> row)
    {
        var number = Inner.Of(row).Number;
        return new(To switch
        {
            DataType.Float => (float)number,
            DataType.Double => number,
            DataType.Bool => number != 0 ? 1 : 0,
            _ => Math.Truncate(number),
        });
    }
}

/// <summary>Imputer: another number in place of the one that stands for a missing value.</summary>
internal sealed record ImputedColumn(Column Inner, double Replaced, double Value) : Column(Inner.Feature, Inner.Type)
{
    public override FeatureValue Of(ReadOnlySpan<FeatureValue> row)
    {
        var value = Inner.Of(row);
        return value.Number.Equals(Replaced) ? new(Value) : value; // Equals: NaN is NaN
    }
}

/// <summary>Scaler: shifted, then scaled.</summary>
internal sealed record ScaledColumn(Column Inner, float Offset, float Scale) : Column(Inner.Feature, DataType.Float)
{
    public override FeatureValue Of(ReadOnlySpan<FeatureValue> row)
    {
        var number = Inner.Of(row).Number;
        return new(Inner.Type == DataType.Float ? ((float)number - Offset) * Scale : (float)((number - Offset) * Scale));
    }
}

/// <summary>OneHotEncoder: 1 where the value is the category, else 0.</summary>
internal sealed record IndicatorColumn(Column Inner, FeatureValue Category) : Column(Inner.Feature, DataType.Float)
{
    public override FeatureValue Of(ReadOnlySpan<FeatureValue> row)
    {
        var value = Inner.Of(row);
        var isCategory = Category.Text is { } text ? string.Equals(value.Text, text, StringComparison.Ordinal) : Math.Truncate(value.Number) == Category.Number;
        return new(isCategory ? 1 : 0);
    }
}
