using System.Globalization;
using System.Text;
using CsvHelper;
using ModelOps.FeatureStore.Definitions;
using ModelOps.FeatureStore.History;
using ModelOps.FeatureStore.Values;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.FeatureStore.Ingestion;

/// <summary>Where a view's join key, event time and features stand in a file.</summary>
internal sealed class CsvColumns(FeatureView view, int key, int eventTime, int[] features)
{
    private readonly FeatureValue[] _values = new FeatureValue[features.Length];

    /// <summary>Finds the columns by the header.</summary>
    public static Outcome<CsvColumns> Of(FeatureView view, IReadOnlyList<string> header)
    {
        string[] wanted = [view.Entity.JoinKey, view.EventTimeColumn, .. view.Schema.Select(field => field.Name)];
        var found = new int[wanted.Length];
        for (var i = 0; i < wanted.Length; i++)
        {
            var places = Enumerable.Range(0, header.Count).Where(at => header[at] == wanted[i]).ToArray();
            if (places.Length != 1)
            {
                return Refusal.Invalid($"line 1, column {wanted[i]}", places.Length == 0 ? "must be in the header" : "must be in the header once");
            }
            found[i] = places[0];
        }
        return new CsvColumns(view, found[0], found[1], found[2..]);
    }

    /// <summary>Reads the row the reader stands on; an empty cell is null.</summary>
    public Outcome<HistoryRow> Read(CsvReader csv, long latest)
    {
        var place = new RowPlace(csv.LineNumber, IsLine: true);
        if (!TryRead(csv.GetSpan(key), view.Entity.Type, out var entity))
        {
            return Refusal.Invalid(place.Field(view.Entity.JoinKey), Rule(view.Entity.Type));
        }
        if (!EventTime.TryParse(csv.GetSpan(eventTime), out var time))
        {
            return Refusal.Invalid(place.Time(view), "must be a time of RFC 3339, or seconds since 1970");
        }
        for (var i = 0; i < features.Length; i++)
        {
            if (!TryRead(csv.GetSpan(features[i]), view.Schema[i].Type, out _values[i]))
            {
                return Refusal.Invalid(place.Field(view.Schema[i].Name), Rule(view.Schema[i].Type));
            }
        }
        return RowRules.Pack(view, entity, time, _values, place, latest);
    }

    private static string Rule(FeatureType type) => type switch
    {
        FeatureType.Bool => "must be true, false, 1 or 0",
        FeatureType.Int64 => "must be a whole number of 64 bits",
        FeatureType.Double => "must be a number",
        _ => "must be UTF-8",
    };

    private static bool TryRead(ReadOnlySpan<byte> cell, FeatureType type, out FeatureValue value)
    {
        var read = cell.IsEmpty ? default(FeatureValue) : type switch
        {
            FeatureType.Bool => Truth(cell) is { } truth ? FeatureValue.Of(truth) : null,
            FeatureType.Int64 => long.TryParse(cell, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? FeatureValue.Of(whole) : null,
            FeatureType.Double => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? FeatureValue.Of(number) : null,
            _ => System.Text.Unicode.Utf8.IsValid(cell) ? FeatureValue.Of(Encoding.UTF8.GetString(cell)) : (FeatureValue?)null,
        };
        value = read.GetValueOrDefault();
        return read is not null;
    }

    private static bool? Truth(ReadOnlySpan<byte> cell) =>
        cell.SequenceEqual("true"u8) || cell.SequenceEqual("1"u8) ? true
        : cell.SequenceEqual("false"u8) || cell.SequenceEqual("0"u8) ? false
        : null;
}
