using ModelOps.Retrainer.Pipelines;
using ModelOps.Training.Data;
using ModelOps.Training.Export;
using ModelOps.Training.Trees;

namespace ModelOps.Retrainer.Trainers;

/// <summary>Trains gradient-boosted trees.</summary>
internal sealed class TreesTrainer : ITrainer
{
    public string Algorithm => Algorithms.GradientBoostedTrees;

    public byte[] Train(TrainingTable rows, PipelineDefinition pipeline, CancellationToken ct)
    {
        var parameters = pipeline.GradientBoostedTrees;
        var options = new BoostingOptions
        {
            LearningRate = parameters.LearningRate,
            MaxIterations = parameters.MaxIter,
            MaxDepth = parameters.MaxDepth,
            MinSamplesLeaf = parameters.MinSamplesLeaf,
            L2Regularization = parameters.L2Regularization,
            Subsample = parameters.Subsample,
            Seed = parameters.Seed,
        };
        return BoostedTreesOnnx.Export(GradientBoostedTrees.Train(rows, options, ct));
    }
}
