using System.Globalization;
using System.Text.Json;
using ModelOps.Contracts.Features.V1;
using ModelOps.Monitor.Predictions;
using ModelOps.Statistics.Profiles;

namespace ModelOps.Monitor.Drift;

/// <summary>
/// Turns logged features into the columns of a profile. What is not there is missing; a number in a feature that was profiled as
/// text counts by its text, a truth value in a number as 1 or 0, and a text in a number is missing.
/// </summary>
internal sealed class WindowColumns
{
    private readonly Dictionary<string, List<double>> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string?>> _texts = new(StringComparer.Ordinal);

    public WindowColumns(ReferenceProfile profile)
    {
        foreach (var feature in profile.Features)
        {
            if (feature is NumericFeatureProfile)
            {
                _numbers[feature.Name] = [];
            }
            else
            {
                _texts[feature.Name] = [];
            }
        }
    }

    /// <summary>Rows that were added.</summary>
    public int Rows { get; private set; }

    /// <summary>Adds a row.</summary>
    /// <param name="features">The features of a prediction, as <see cref="NamedValues"/> wrote them.</param>
    public void Add(string features)
    {
        using var document = JsonDocument.Parse(features);
        foreach (var property in document.RootElement.EnumerateObject())
        {
            // A name stands once in jsonb.
            if (_numbers.TryGetValue(property.Name, out var numbers))
            {
                numbers.Add(Number(NamedValues.Read(property.Value)));
            }
            else if (_texts.TryGetValue(property.Name, out var texts))
            {
                texts.Add(Text(NamedValues.Read(property.Value)));
            }
        }
        Rows++;
        foreach (var numbers in _numbers.Values.Where(column => column.Count < Rows))
        {
            numbers.Add(double.NaN);
        }
        foreach (var texts in _texts.Values.Where(column => column.Count < Rows))
        {
            texts.Add(null);
        }
    }

    /// <summary>The columns, all of as many rows as were added.</summary>
    public IReadOnlyList<ProfileColumn> Build() =>
    [
        .. _numbers.Select(column => new NumericProfileColumn(column.Key, [.. column.Value])),
        .. _texts.Select(column => new CategoricalProfileColumn(column.Key, [.. column.Value])),
    ];

    private static double Number(Value value) => value.KindCase switch
    {
        Value.KindOneofCase.DoubleValue => value.DoubleValue,
        Value.KindOneofCase.Int64Value => value.Int64Value,
        Value.KindOneofCase.BoolValue => value.BoolValue ? 1 : 0,
        _ => double.NaN,
    };

    private static string? Text(Value value) => value.KindCase switch
    {
        Value.KindOneofCase.StringValue => value.StringValue,
        Value.KindOneofCase.DoubleValue => value.DoubleValue.ToString("R", CultureInfo.InvariantCulture),
        Value.KindOneofCase.Int64Value => value.Int64Value.ToString(CultureInfo.InvariantCulture),
        Value.KindOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        _ => null,
    };
}
