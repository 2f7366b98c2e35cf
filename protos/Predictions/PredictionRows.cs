using System.Globalization;
using Google.Protobuf.Collections;
using ModelOps.Contracts.Features.V1;

namespace ModelOps.Contracts.Monitor.V1;

/// <summary>The rows of a batch, whichever way it brings them.</summary>
public static class PredictionRows
{
    /// <summary>How many rows a batch brings, without making them.</summary>
    public static int Count(PredictionBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return batch.Predictions.Count + batch.Blocks.Sum(CountOf);
    }

    /// <summary>Every row as a record: those that are records, then the blocks' in their order.</summary>
    /// <exception cref="FormatException">A block is not what its layout says; the message names the field and the rule.</exception>
    public static IEnumerable<PredictionRecord> Of(PredictionBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return batch.Predictions.Concat(batch.Blocks.SelectMany((block, i) => Of(batch.Layouts, block, $"blocks[{i}]")));
    }

    private static int CountOf(PredictionBlock block) => Math.Max(1, block.Rows.Count);

    private static PredictionRecord[] Of(RepeatedField<PredictionLayout> layouts, PredictionBlock block, string where)
    {
        Require(block.Layout < (uint)layouts.Count, $"{where}.layout", $"must be one of {layouts.Count} layouts, it is {block.Layout}");
        var layout = layouts[(int)block.Layout];
        var rows = CountOf(block);
        RequireOneEach(block.Predictions.Count, rows, $"{where}.predictions");
        RequireOneEach(block.Scores.Count, rows, $"{where}.scores");
        Require(block.Values.Count == layout.Inputs.Count, $"{where}.values", $"must be one for each of {layout.Inputs.Count} inputs, there are {block.Values.Count}");
        var records = new PredictionRecord[rows];
        for (var row = 0; row < rows; row++)
        {
            records[row] = Head(layout, block, row);
        }
        for (var i = 0; i < layout.Inputs.Count; i++)
        {
            AddFeatures(records, layout.Inputs[i], block.Values[i].Span, $"{where}.values[{i}]");
        }
        return records;
    }

    private static PredictionRecord Head(PredictionLayout layout, PredictionBlock block, int row)
    {
        var record = new PredictionRecord
        {
            PredictionId = block.Rows.Count == 0 ? block.PredictionId : string.Create(CultureInfo.InvariantCulture, $"{block.PredictionId}#{block.Rows[row]}"),
            Workspace = layout.Workspace,
            Environment = layout.Environment,
            Segment = layout.Segment,
            Model = layout.Model,
            Version = layout.Version,
            Time = block.Time,
            EventTime = block.EventTime ?? block.Time,
            LatencyUs = block.LatencyUs,
            Error = block.Error,
            Entities = { block.Entities },
            StoreFeatures = { block.StoreFeatures },
            DefaultedFeatures = { block.DefaultedFeatures },
            Prediction = block.Predictions.Count == 0 ? "" : block.Predictions[row],
        };
        if (block.Scores.Count > 0)
        {
            record.Score = block.Scores[row];
        }
        return record;
    }

    private static void AddFeatures(PredictionRecord[] records, LoggedInput input, ReadOnlySpan<byte> values, string where)
    {
        Require(ElementReader.TryOf(input.Datatype, out var reader), $"{where}", $"are of datatype '{input.Datatype}', which does not exist");
        foreach (var record in records)
        {
            foreach (var name in input.Features)
            {
                Require(reader.TryRead(ref values, out var value), where, $"must have {records.Length} rows of {input.Features.Count} elements of {input.Datatype}, they end before");
                record.Features.Add(new NamedValue { Name = name, Value = value });
            }
        }
        Require(values.IsEmpty, where, $"must have {records.Length} rows of {input.Features.Count} elements of {input.Datatype}, there are {values.Length} bytes more");
    }

    private static void RequireOneEach(int count, int rows, string field) =>
        Require(count == 0 || count == rows, field, $"must be none or one for each of {rows} rows, there are {count}");

    private static void Require(bool holds, string field, string rule)
    {
        if (!holds)
        {
            throw new FormatException($"{field}: {rule}");
        }
    }
}
