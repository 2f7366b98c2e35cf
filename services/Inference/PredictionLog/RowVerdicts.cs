using System.Buffers.Text;
using System.Globalization;
using ModelOps.Batch.Models;
using ModelOps.Contracts.Monitor.V1;
using ModelOps.Inference.Models;

namespace ModelOps.Inference.PredictionLog;

/// <summary>What the outputs of a run say about each of its rows.</summary>
internal readonly struct RowVerdicts
{
    private const int LongestNumber = 32;
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

    /// <summary>Writes the predictions of some rows as texts, and their scores: of two classes the probability of the second, of one output its value.</summary>
    public void Write(WireWriter wire, ReadOnlySpan<int> rows)
    {
        if (_labelsPerRow > 0 || _scoresPerRow > 0)
        {
            Span<byte> buffer = stackalloc byte[LongestNumber];
            foreach (var row in rows)
            {
                wire.Element(PredictionBlock.PredictionsFieldNumber, Prediction(row, buffer));
            }
        }
        if (_scoresPerRow is 1 or 2)
        {
            wire.Header(PredictionBlock.ScoresFieldNumber, rows.Length * sizeof(double));
            foreach (var row in rows)
            {
                wire.Fixed(_scores.FloatingPoint(((row + 1) * _scoresPerRow) - 1));
            }
        }
    }

    private ReadOnlySpan<byte> Prediction(int row, Span<byte> buffer)
    {
        var length = 0;
        if (_labelsPerRow > 0)
        {
            var index = row * _labelsPerRow;
            var datatype = _label.Schema.Datatype;
            if (datatype.Size == 0)
            {
                return LoggedTexts.Clean(_label.Text(index));
            }
            length = IntegerText.Write(datatype.Name, _label.Numbers.Slice(index * datatype.Size, datatype.Size), buffer);
        }
        else
        {
            _ = _scoresPerRow == 1
                ? _scores.FloatingPoint(row).TryFormat(buffer, out length, "R", CultureInfo.InvariantCulture)
                : Utf8Formatter.TryFormat(Best(row), buffer, out length);
        }
        return buffer[..length];
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
