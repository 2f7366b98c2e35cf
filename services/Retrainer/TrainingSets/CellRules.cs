using System.Globalization;
using ModelOps.Contracts.Features.V1;

namespace ModelOps.Retrainer.TrainingSets;

/// <summary>What a value means in a column. Pure.</summary>
internal static class CellRules
{
    /// <summary>Reads a value as a column has it.</summary>
    /// <param name="value">The value.</param>
    /// <param name="type">Type of the column.</param>
    /// <param name="cell">A double or a string; null for a missing value, which a number that is not finite is too.</param>
    /// <returns>False when the value is of another type.</returns>
    public static bool TryRead(Value? value, ValueType type, out object? cell)
    {
        (var fits, cell) = (type, value?.KindCase ?? Value.KindOneofCase.None) switch
        {
            (_, Value.KindOneofCase.None) => (true, null),
            (ValueType.String, Value.KindOneofCase.StringValue) => (true, value!.StringValue),
            (ValueType.String, _) or (_, Value.KindOneofCase.StringValue) => (false, null),
            // What a model was given is logged as a number, whatever the feature's type.
            (_, Value.KindOneofCase.BoolValue) => (type == ValueType.Bool, value!.BoolValue ? 1.0 : 0.0),
            (_, Value.KindOneofCase.Int64Value) => (true, (object?)(double)value!.Int64Value),
            (_, Value.KindOneofCase.DoubleValue) => (true, double.IsFinite(value!.DoubleValue) ? value.DoubleValue : null),
            _ => (false, null),
        };
        return fits;
    }

    /// <summary>Reads a value as an entity key.</summary>
    /// <returns>The key; null when the value is of another type.</returns>
    public static Value? Key(Value? value, ValueType type) => (type, value?.KindCase) switch
    {
        (ValueType.String, Value.KindOneofCase.StringValue) or (ValueType.Int64, Value.KindOneofCase.Int64Value) => value,
        (ValueType.Int64, Value.KindOneofCase.DoubleValue) when value!.DoubleValue is var number && number == Math.Floor(number) && Math.Abs(number) < 1L << 53 =>
            new() { Int64Value = (long)number },
        _ => null,
    };

    /// <summary>A value as a pipeline writes it; null for a missing one.</summary>
    public static string? Text(Value? value) => value?.KindCase switch
    {
        Value.KindOneofCase.StringValue => value.StringValue,
        Value.KindOneofCase.Int64Value => value.Int64Value.ToString(CultureInfo.InvariantCulture),
        Value.KindOneofCase.DoubleValue => value.DoubleValue.ToString("R", CultureInfo.InvariantCulture),
        Value.KindOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        _ => null,
    };

    /// <summary>Reads a value as a label.</summary>
    /// <param name="value">The value.</param>
    /// <param name="label">0 or 1; null when it is not known.</param>
    /// <returns>False when it is something else.</returns>
    public static bool TryReadLabel(Value? value, out int? label)
    {
        if (!TryRead(value, value?.KindCase == Value.KindOneofCase.BoolValue ? ValueType.Bool : ValueType.Double, out var cell))
        {
            label = null;
            return false;
        }
        label = cell is double number ? (int)number : null;
        return cell is null or 0.0 or 1.0;
    }
}
