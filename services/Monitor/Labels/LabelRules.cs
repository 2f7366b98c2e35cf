using System.Globalization;
using ModelOps.Monitor.Predictions;
using ModelOps.ServiceDefaults.Errors;
using Wire = ModelOps.Contracts.Monitor.V1;

namespace ModelOps.Monitor.Labels;

/// <summary>What labels may be pushed together.</summary>
internal static class LabelRules
{
    private const int MaxLabels = 1_000;
    private const int Shown = 5;

    /// <summary>The labels by prediction; the same one twice counts once.</summary>
    public static Outcome<Dictionary<string, double>> ByPrediction(IReadOnlyList<Wire.Label> labels)
    {
        if (labels.Count is 0 or > MaxLabels)
        {
            return Refusal.Invalid("labels", $"must be 1 to {MaxLabels}, there are {labels.Count}");
        }
        var outcomes = new Dictionary<string, double>(labels.Count, StringComparer.Ordinal);
        for (var i = 0; i < labels.Count; i++)
        {
            var (id, label) = (labels[i].PredictionId, labels[i].Label_);
            if (RecordRules.CheckId(id) is { } refusal)
            {
                return refusal with { Field = $"labels[{i}].{refusal.Field}" };
            }
            if (!double.IsFinite(label))
            {
                return Refusal.Invalid($"labels[{i}].label", $"must be finite, it is {Text(label)}");
            }
            if (!outcomes.TryAdd(id, label) && outcomes[id] != label)
            {
                return Refusal.Invalid($"labels[{i}].label", $"contradicts another label for {id} in the same request: {Text(outcomes[id])} and {Text(label)}");
            }
        }
        return outcomes;
    }

    /// <summary>Why labels cannot be stored beside what is stored; null when they can.</summary>
    /// <param name="outcomes">The labels.</param>
    /// <param name="stored">Stored predictions among them, with their labels.</param>
    public static Refusal? CheckAgainst(IReadOnlyDictionary<string, double> outcomes, IReadOnlyDictionary<string, double?> stored)
    {
        var unknown = outcomes.Keys.Where(id => !stored.ContainsKey(id)).ToList();
        if (unknown.Count > 0)
        {
            return Refusal.NotFound(
                $"no stored prediction has the id of {unknown.Count} of {outcomes.Count} labels, the first: {string.Join(", ", unknown.Take(Shown))}; nothing was stored");
        }
        var contradicted = stored.Where(known => known.Value is { } label && label != outcomes[known.Key]).ToList();
        return contradicted.Count == 0
            ? null
            : new(RefusalKind.FailedPrecondition, $"{contradicted.Count} of {outcomes.Count} labels contradict stored ones, the first: {string.Join(
                ", ", contradicted.Take(Shown).Select(known => $"{known.Key} is {Text(known.Value!.Value)}, not {Text(outcomes[known.Key])}"))}; nothing was stored");
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
