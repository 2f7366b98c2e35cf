using ModelOps.Contracts.Features.V1;
using ModelOps.Retrainer.TrainingSets;
using ValueType = ModelOps.Contracts.Features.V1.ValueType;

namespace ModelOps.Retrainer.Tests.TrainingSets;

public sealed class CellRulesTests
{
    public static TheoryData<string, ValueType, bool, object?> Cells => new()
    {
        { "{ \"doubleValue\": 1.5 }", ValueType.Double, true, 1.5 },
        { "{ \"int64Value\": \"2\" }", ValueType.Double, true, 2.0 },
        { "{ \"doubleValue\": 8 }", ValueType.Int64, true, 8.0 },
        { "{ \"boolValue\": true }", ValueType.Bool, true, 1.0 },
        { "{ \"boolValue\": true }", ValueType.Int64, false, null },
        { "{ \"doubleValue\": \"NaN\" }", ValueType.Double, true, null },
        { "{ }", ValueType.String, true, null },
        { "{ \"stringValue\": \"x\" }", ValueType.String, true, "x" },
        { "{ \"stringValue\": \"1\" }", ValueType.Double, false, null },
        { "{ \"doubleValue\": 1 }", ValueType.String, false, null },
    };

    [Theory, MemberData(nameof(Cells))]
    public void A_value_fits_its_column_or_is_refused(string json, ValueType type, bool fits, object? expected)
    {
        Assert.Equal(fits, CellRules.TryRead(Value.Parser.ParseJson(json), type, out var cell));
        Assert.Equal(fits ? expected : cell, cell);
    }

    [Theory]
    [InlineData("{ \"int64Value\": \"1\" }", true, 1)]
    [InlineData("{ \"boolValue\": false }", true, 0)]
    [InlineData("{ }", true, null)]
    [InlineData("{ \"doubleValue\": 0.5 }", false, null)]
    [InlineData("{ \"stringValue\": \"1\" }", false, null)]
    public void A_label_is_0_or_1_or_not_known(string json, bool fits, int? expected)
    {
        Assert.Equal(fits, CellRules.TryReadLabel(Value.Parser.ParseJson(json), out var label));
        Assert.True(!fits || label == expected);
    }
}
