using MassTransit;
using ModelOps.Contracts.Features.V1;
using ModelOps.Contracts.Monitor.V1;
using ModelOps.Contracts.Registry.V1;
using ModelOps.Retrainer.Drift;
using ModelOps.Retrainer.Evaluation;
using ModelOps.Retrainer.Execution;
using ModelOps.Retrainer.Pipelines;
using ModelOps.Retrainer.Registration;
using ModelOps.Retrainer.Runs;
using ModelOps.Retrainer.Trainers;
using ModelOps.Retrainer.TrainingSets;
using ModelOps.ServiceDefaults.Clients;
using ModelOps.ServiceDefaults.Database;
using ModelOps.ServiceDefaults.Hosting;
using ModelOps.ServiceDefaults.Messaging;

namespace ModelOps.Retrainer;

/// <summary>What the Retrainer is made of.</summary>
internal static class RetrainerModule
{
    public static void AddRetrainer(this IHostApplicationBuilder builder)
    {
        builder.AddNpgsqlDataSource("retrainerdb");
        builder.AddMigrations<PipelineStore>("retrainerdb");
        builder.AddEventBus("bus", bus => bus.AddConsumer<DriftDetectedConsumer, DriftDetectedConsumerDefinition>());
        builder.AddOutbox("retrainerdb");
        builder.Services.AddGrpc();
        builder.AddClients();
        builder.AddStages();

        builder.Services.AddSingleton<PipelineStore>().AddSingleton<PipelineCommands>();
        builder.Services.AddSingleton<RunStore>().AddSingleton<RunArtifacts>().AddSingleton<RunLedger>().AddSingleton<RunSignal>();
        builder.Services.AddSingleton<StartRunHandler>().AddSingleton<CancelRunHandler>().AddSingleton<RunQueries>();
        builder.Services.AddSingleton<DriftHandler>();

        builder.Services.AddValidatedOptions<ExecutionOptions>(ExecutionOptions.Section);
        builder.Services.AddSingleton<RetrainerMetrics>().AddSingleton<LeaseKeeper>().AddSingleton<StageRunner>().AddSingleton<RunExecution>();
        builder.Services.AddHostedService<RunWorker>();
    }

    public static void MapRetrainer(this WebApplication app)
    {
        app.MapGrpcService<RetrainingRpc>();
        app.MapPipelines();
        app.MapRuns();
        app.MapDeadLetters();
    }

    private static void AddClients(this IHostApplicationBuilder builder)
    {
        builder.AddServiceClient<FeatureStore.FeatureStoreClient>("FeatureStore", client => client.Idempotent.UnionWith(["GetFeatureView", "GetFeatureService"]));
        builder.AddServiceClient<Monitoring.MonitoringClient>("Monitor");
        builder.AddServiceClient<ModelRegistry.ModelRegistryClient>("Registry", client => client.Idempotent.Add("ListModelVersions"));
    }

    private static void AddStages(this IHostApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<TrainingSetOptions>(TrainingSetOptions.Section);
        builder.Services.AddSingleton<HistorySource>().AddSingleton<PredictionSource>().AddSingleton<PointInTimeJoin>();
        builder.Services.AddSingleton<ITrainer, LogisticTrainer>().AddSingleton<ITrainer, TreesTrainer>();
        builder.Services.AddSingleton<ChampionSource>().AddSingleton<RegistryUpload>();
        builder.Services.AddSingleton<IStage, TrainingSetStage>().AddSingleton<IStage, ModelTrainingStage>()
            .AddSingleton<IStage, ModelEvaluationStage>().AddSingleton<IStage, ModelRegistrationStage>();
    }
}
