using ModelOps.Retrainer.Pipelines;
using ModelOps.Training.Data;
using ModelOps.Training.Export;
using ModelOps.Training.Linear;

namespace ModelOps.Retrainer.Trainers;

/// <summary>Trains logistic regressions.</summary>
internal sealed class LogisticTrainer : ITrainer
{
    public string Algorithm => Algorithms.LogisticRegression;

    public byte[] Train(TrainingTable rows, PipelineDefinition pipeline, CancellationToken ct)
    {
        var parameters = pipeline.LogisticRegression;
        var options = new LogisticOptions { L2 = 1 / parameters.C, MaxIterations = parameters.MaxIter };
        return LogisticModelOnnx.Export(LogisticRegression.Train(rows, options, ct));
    }
}
