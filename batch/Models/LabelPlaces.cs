using System.Globalization;
using System.Text.Json;

namespace ModelOps.Batch.Models;

/// <summary>Which of a row's scores is that of its label.</summary>
public sealed class LabelPlaces
{
    private readonly string[] _labels;

    /// <param name="datatype">Datatype of the label by the protocol's name.</param>
    /// <param name="labels">The label that each score stands for, by place; empty: nobody says.</param>
    public LabelPlaces(string datatype, IEnumerable<string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        _labels = [.. datatype == "BYTES" ? labels.Select(label => JsonSerializer.Serialize(label)) : labels];
    }

    /// <summary>
    /// Finds the score that stands for a label; for an integer that none stands for, the one at that place, and for true the one at 1. Where nobody says
    /// what scores stand for, the label is a model's own, and its score is the highest one.
    /// </summary>
    /// <param name="label">The label, as JSON; null: there is none, and the highest score is asked for.</param>
    /// <param name="scores">The scores; at least one.</param>
    /// <returns>Place of the score; -1: there is none, or it cannot be told which.</returns>
    public int Find(string? label, ReadOnlySpan<double> scores)
    {
        if (label is null || _labels.Length == 0)
        {
            return Highest(scores);
        }
        var place = Array.IndexOf(_labels, label);
        if (place < 0 && !int.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out place))
        {
            place = label switch { "true" => 1, "false" => 0, _ => -1 };
        }
        var isShared = Array.LastIndexOf(_labels, label) > place;
        return _labels.Length == scores.Length && !isShared && place < scores.Length ? place : -1;
    }

    private static int Highest(ReadOnlySpan<double> scores)
    {
        var highest = 0;
        for (var i = 1; i < scores.Length; i++)
        {
            highest = scores[i] > scores[highest] ? i : highest;
        }
        return highest;
    }
}
