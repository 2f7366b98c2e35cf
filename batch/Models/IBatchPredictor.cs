using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Batch.Models;

/// <summary>
/// Who predicts the rows of a job: this process, or a gateway. A refusal that may pass (unavailable, exhausted, out of time, aborted)
/// is tried again; bad input and an answer that is too large are narrowed down to the rows they come from; any other ends the job.
/// </summary>
public interface IBatchPredictor
{
    /// <summary>Finds a version.</summary>
    /// <param name="model">Name of the model.</param>
    /// <param name="version">Its version; null: the one that takes traffic.</param>
    /// <param name="ct">Ends the search.</param>
    ValueTask<Outcome<BatchModel>> DescribeAsync(string model, long? version, CancellationToken ct);

    /// <summary>Runs a version on some rows. Called from several threads at once.</summary>
    /// <param name="model">What <see cref="DescribeAsync"/> found.</param>
    /// <param name="inputs">Every input, for the same rows.</param>
    /// <param name="outputs">Names of the outputs that are wanted.</param>
    /// <param name="ct">Ends the run.</param>
    /// <returns>The outputs in the order they were asked for.</returns>
    ValueTask<Outcome<TensorData[]>> PredictAsync(BatchModel model, IReadOnlyList<TensorData> inputs, IReadOnlyList<string> outputs, CancellationToken ct);
}
