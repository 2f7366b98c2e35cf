using ModelOps.Retrainer.Pipelines;
using ModelOps.Training.Data;

namespace ModelOps.Retrainer.Trainers;

/// <summary>Learns a model from rows. Equal rows and parameters give equal bytes.</summary>
internal interface ITrainer
{
    /// <summary>One of <see cref="Algorithms"/>.</summary>
    string Algorithm { get; }

    /// <summary>Trains a model.</summary>
    /// <param name="rows">Rows of both classes.</param>
    /// <param name="pipeline">Its parameters.</param>
    /// <param name="ct">Ends the training.</param>
    /// <returns>The model as ONNX.</returns>
    /// <exception cref="ArgumentException">The rows are not such that the algorithm could learn from them; the message says why.</exception>
    byte[] Train(TrainingTable rows, PipelineDefinition pipeline, CancellationToken ct);
}
