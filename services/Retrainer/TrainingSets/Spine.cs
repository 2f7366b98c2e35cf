using ModelOps.Contracts.Features.V1;
using ModelOps.Retrainer.Pipelines;

namespace ModelOps.Retrainer.TrainingSets;

/// <summary>A join key of the feature service.</summary>
/// <param name="Name">Name of the column.</param>
/// <param name="Type">INT64 or STRING.</param>
internal sealed record JoinKey(string Name, ValueType Type);

/// <summary>What every row of the spine has.</summary>
/// <param name="Keys">Join keys, by name.</param>
/// <param name="Features">Features that come with a request.</param>
internal sealed record SpineColumns(IReadOnlyList<JoinKey> Keys, IReadOnlyList<RequestFeature> Features);

/// <summary>A row before the features of the store are joined.</summary>
/// <param name="EventTime">When it happened.</param>
/// <param name="Keys">In the order of the join keys.</param>
/// <param name="Values">In the order of the request features.</param>
/// <param name="Label">0 or 1.</param>
internal sealed record SpineRow(DateTimeOffset EventTime, IReadOnlyList<Value> Keys, object?[] Values, int Label);

/// <summary>Rows on their way into a training set, with a bound.</summary>
internal sealed class Spine(int maxRows)
{
    private readonly List<SpineRow> _rows = [];

    /// <summary>The rows.</summary>
    public IReadOnlyList<SpineRow> Rows => _rows;

    /// <summary>Rows that were left out: without a label yet, or without something that a row needs.</summary>
    public int Skipped { get; private set; }

    /// <summary>Adds a row.</summary>
    /// <exception cref="TrainingSetException">There are too many.</exception>
    public void Add(SpineRow row)
    {
        if (_rows.Count == maxRows)
        {
            throw new TrainingSetException($"the sources have more than {maxRows} rows");
        }
        _rows.Add(row);
    }

    /// <summary>Leaves a row out.</summary>
    public void Skip() => Skipped++;
}

/// <summary>The sources cannot give a training set, and would not when asked again.</summary>
internal sealed class TrainingSetException(string message) : Exception(message);
