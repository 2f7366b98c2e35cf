using System.Text.Json;
using ModelOps.FeatureStore.Definitions;
using ModelOps.FeatureStore.Ingestion;
using ModelOps.FeatureStore.Values;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.FeatureStore.Api;

/// <summary>Values in JSON; what a number means, the type of its feature says.</summary>
internal static class JsonValues
{
    /// <summary>Reads the rows of a push.</summary>
    public static Outcome<List<GivenRow>> ToRows(IReadOnlyList<Dictionary<string, JsonElement>?> rows, FeatureView view)
    {
        var given = new List<GivenRow>(rows.Count);
        foreach (var row in rows)
        {
            var place = $"rows[{given.Count}]";
            var read = row is null ? Refusal.Invalid(place, "must be an object") : ToRow(row, view, place);
            if (!read.Succeeded)
            {
                return read.Refusal;
            }
            given.Add(read.Value);
        }
        return given;
    }

    /// <summary>Reads the entity keys that a selection needs.</summary>
    public static Outcome<Dictionary<string, FeatureValue[]>> ToKeys(IReadOnlyDictionary<string, JsonElement> entities, Selection selection)
    {
        var keys = new Dictionary<string, FeatureValue[]>(StringComparer.Ordinal);
        foreach (var entity in selection.Views.Select(view => view.Entity).DistinctBy(entity => entity.JoinKey))
        {
            var field = $"entities.{entity.JoinKey}";
            if (!entities.TryGetValue(entity.JoinKey, out var column))
            {
                return Refusal.Invalid(field, "must be present: a selected view is joined by it");
            }
            if (column.ValueKind != JsonValueKind.Array)
            {
                return Refusal.Invalid(field, "must be an array");
            }
            var values = keys[entity.JoinKey] = new FeatureValue[column.GetArrayLength()];
            for (var i = 0; i < values.Length; i++)
            {
                if (!TryRead(column[i], entity.Type, out values[i]))
                {
                    return Refusal.Invalid($"{field}[{i}]", $"must be {FeatureNames.Of(entity.Type)}");
                }
            }
        }
        return keys;
    }

    private static Outcome<GivenRow> ToRow(Dictionary<string, JsonElement> row, FeatureView view, string place)
    {
        if (row.Keys.FirstOrDefault(name => name != view.Entity.JoinKey && name != RowPlace.EventTimeField && view.IndexOf(name) < 0) is { } unknown)
        {
            return Refusal.Invalid($"{place}.{unknown}", $"is not the join key, {RowPlace.EventTimeField} or a feature of the view");
        }
        if (!row.TryGetValue(RowPlace.EventTimeField, out var time) || time.ValueKind != JsonValueKind.String || !EventTime.TryParse(Text(time) ?? "", out var eventTime))
        {
            return Refusal.Invalid($"{place}.{RowPlace.EventTimeField}", "must be a time of RFC 3339 with its offset");
        }
        var entity = Field(row, view.Entity.JoinKey, view.Entity.Type, place);
        var values = new FeatureValue[view.Schema.Count];
        for (var i = 0; i < values.Length && entity.Succeeded; i++)
        {
            var value = Field(row, view.Schema[i].Name, view.Schema[i].Type, place);
            if (!value.Succeeded)
            {
                return value.Refusal;
            }
            values[i] = value.Value;
        }
        return entity.Then<GivenRow>(key => new GivenRow(key, eventTime, values));
    }

    private static Outcome<FeatureValue> Field(Dictionary<string, JsonElement> row, string name, FeatureType type, string place) =>
        !row.TryGetValue(name, out var value) ? Refusal.Invalid($"{place}.{name}", "must be present; null says that there is no value")
        : TryRead(value, type, out var read) ? read
        : Refusal.Invalid($"{place}.{name}", $"must be {FeatureNames.Of(type)}");

    private static bool TryRead(JsonElement element, FeatureType type, out FeatureValue value)
    {
        FeatureValue? read = (type, element.ValueKind) switch
        {
            (_, JsonValueKind.Null) => default(FeatureValue),
            (FeatureType.Bool, JsonValueKind.True or JsonValueKind.False) => FeatureValue.Of(element.ValueKind == JsonValueKind.True),
            (FeatureType.Int64, JsonValueKind.Number) when element.TryGetInt64(out var whole) => FeatureValue.Of(whole),
            (FeatureType.Double, JsonValueKind.Number) when element.TryGetDouble(out var number) => FeatureValue.Of(number),
            (FeatureType.String, JsonValueKind.String) when Text(element) is { } text => FeatureValue.Of(text),
            _ => null,
        };
        value = read.GetValueOrDefault();
        return read is not null;
    }

    /// <summary>Null when the text holds half of a surrogate pair.</summary>
    private static string? Text(JsonElement element)
    {
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
