using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using ModelOps.Inference.Models;

namespace ModelOps.Inference.PredictionLog;

/// <summary>What the outputs of a run say about each of its rows.</summary>
internal readonly struct RowVerdicts
{
    private const int PredictionField = 14;
    private const int ScoreField = 15;
    private readonly OutputTensor _label;
    private readonly OutputTensor _scores;
    private readonly int _labelsPerRow;
    private readonly int _scoresPerRow;

    public RowVerdicts(InferenceResult result, int rows)
    {
        var roles = OutputRoles.Of(result);
        if (roles.Label >= 0)
        {
            _label = result.Outputs[roles.Label];
            _labelsPerRow = PerRow(_label, rows);
        }
        if (roles.Scores >= 0)
        {
            _scores = result.Outputs[roles.Scores];
            _scoresPerRow = PerRow(_scores, rows);
        }
    }

    /// <summary>Writes the prediction as text, and the score: of two classes the probability of the second, of one output its value.</summary>
    public void Write(WireWriter wire, int row)
    {
        if (_labelsPerRow > 0)
        {
            WriteLabel(wire, row * _labelsPerRow);
        }
        else if (_scoresPerRow == 1)
        {
            wire.Text(PredictionField, _scores.FloatingPoint(row).ToString("R", CultureInfo.InvariantCulture));
        }
        else if (_scoresPerRow > 1)
        {
            wire.Text(PredictionField, Best(row).ToString(CultureInfo.InvariantCulture));
        }
        if (_scoresPerRow is 1 or 2)
        {
            wire.Double(ScoreField, _scores.FloatingPoint(((row + 1) * _scoresPerRow) - 1));
        }
    }

    private void WriteLabel(WireWriter wire, int index)
    {
        if (_label.Schema.Datatype.Size == 0)
        {
            FeatureEncoder.WriteClean(wire, PredictionField, _label.Text(index));
            return;
        }
        Span<byte> text = stackalloc byte[20];
        var numbers = _label.Numbers;
        var length = 0;
        _ = _label.Schema.Datatype.Name switch
        {
            "INT64" => Utf8Formatter.TryFormat(MemoryMarshal.Cast<byte, long>(numbers)[index], text, out length),
            "INT32" => Utf8Formatter.TryFormat(MemoryMarshal.Cast<byte, int>(numbers)[index], text, out length),
            "BOOL" => (numbers[index] != 0 ? "true"u8 : "false"u8).TryCopyTo(text) && (length = numbers[index] != 0 ? 4 : 5) > 0,
            _ => false,
        };
        wire.Bytes(PredictionField, text[..length]);
    }

    private int Best(int row)
    {
        var best = 0;
        for (var i = 1; i < _scoresPerRow; i++)
        {
            best = _scores.FloatingPoint((row * _scoresPerRow) + i) > _scores.FloatingPoint((row * _scoresPerRow) + best) ? i : best;
        }
        return best;
    }

    private static int PerRow(in OutputTensor output, int rows) => output.Elements % rows == 0 ? (int)(output.Elements / rows) : 0;
}
