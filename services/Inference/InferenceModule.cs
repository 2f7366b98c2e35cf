using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using ModelOps.Contracts.Features.V1;
using ModelOps.Contracts.Gateway.V1;
using ModelOps.Contracts.Registry.V1;
using ModelOps.Inference.Artifacts;
using ModelOps.Inference.BatchJobs;
using ModelOps.Inference.DesiredState;
using ModelOps.Inference.Explanations;
using ModelOps.Inference.Hosting;
using ModelOps.Inference.Models;
using ModelOps.Inference.Models.Breaking;
using ModelOps.Inference.Models.Caching;
using ModelOps.Inference.Models.Execution;
using ModelOps.Inference.Models.Graphs;
using ModelOps.Inference.Models.Probing;
using ModelOps.Inference.Models.Sessions;
using ModelOps.Inference.Models.Trials;
using ModelOps.Inference.OpenInference;
using ModelOps.Inference.Predict;
using ModelOps.Inference.PredictionLog;
using ModelOps.Inference.Profiling;
using ModelOps.ServiceDefaults.Clients;
using ModelOps.ServiceDefaults.Hosting;
using ModelOps.ServiceDefaults.Telemetry;

namespace ModelOps.Inference;

/// <summary>What Inference is made of.</summary>
internal static class InferenceModule
{
    public static void AddInference(this WebApplicationBuilder builder)
    {
        builder.SkipUntracedActivities();
        builder.AddModels();
        builder.AddDesiredState();
        builder.AddPredictionLog();
        builder.AddProtocols();
        builder.AddPredict();
        builder.AddBatchJobs();
    }

    public static void MapInference(this WebApplication app)
    {
        app.UseWhen(http => http.Request.Path.StartsWithSegments("/v2", StringComparison.Ordinal), v2 => v2.UseStatusCodePages(RestErrors.ExplainAsync));
        app.Services.GetRequiredService<TritonMetrics>(); // nothing else asks for it: it observes
        app.MapGrpcService<InferenceRpc>();
        app.MapOpenInference();
        app.MapPredict();
        app.MapProfiles();
        app.MapBatchJobs();
    }

    private static void AddModels(this WebApplicationBuilder builder)
    {
        NativeTelemetry.TurnOff();
        builder.Services.AddValidatedOptions<ModelOptions>(ModelOptions.Section).Validate(
            options => options.ExecutionProviders.All(provider => ExecutionProviders.NativeName(provider) is not null),
            "Inference:ExecutionProviders: must be tensorrt, cuda or cpu");
        builder.Services.AddValidatedOptions<ArtifactOptions>(ArtifactOptions.Section);
        builder.AddServiceClient<ModelRegistry.ModelRegistryClient>("Registry", client => client.Idempotent.Add("GetModelVersion"));
        builder.Services.AddValidatedOptions<MemoryOptions>(MemoryOptions.Section);
        builder.Services.AddHostedService<MemoryGuard>();
        builder.Services.AddSingleton<ModelCatalog>();
        builder.Services.AddSingleton<RunWatch>();
        builder.Services.AddSingleton<EmptyRun>();
        builder.Services.AddSingleton<ModelRuntimeFactory>();
        builder.Services.AddValidatedOptions<ProbeOptions>(ProbeOptions.Section);
        builder.Services.AddValidatedOptions<BreakerOptions>(BreakerOptions.Section);
        builder.Services.AddSingleton<CircuitBreakers>();
        builder.Services.AddSingleton<KeyedDigest>();
        builder.Services.AddSingleton<ModelProbe>();
        builder.Services.AddSingleton<OptimizedModels>();
        builder.Services.AddSingleton<SessionFactory>();
        builder.Services.AddSingleton<LoadedModels>();
        builder.Services.AddSingleton<GraphLoader>();
        builder.Services.AddSingleton<ModelLoader>();
        builder.Services.AddSingleton<Profiler>();
        builder.Services.AddSingleton<InferenceMetrics>();
        builder.Services.AddSingleton<PhaseMetrics>();
        builder.Services.AddSingleton<TritonMetrics>();
        builder.Services.AddValidatedOptions<ResponseCacheOptions>(ResponseCacheOptions.Section);
        builder.Services.AddSingleton<ResponseCache>();
        builder.Services.AddSingleton<RegistryDownload>();
        builder.Services.AddSingleton<ArtifactCache>();
        builder.Services.AddSingleton<VersionDetailsCache>();
        builder.Services.AddSingleton<GraphMembers>();
        builder.Services.AddSingleton<VersionFiles>();
        builder.Services.AddHealthChecks().AddCheck<ModelsHealthCheck>("models");
    }

    private static void AddDesiredState(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<DesiredStateOptions>(DesiredStateOptions.Section);
        builder.AddServiceClient<ServingState.ServingStateClient>("Gateway").ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
        {
            // The Gateway speaks only when something changes: a connection that died silently shows by its pings.
            KeepAlivePingDelay = TimeSpan.FromSeconds(10),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(5),
        });
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton<Random>();
        builder.Services.AddSingleton<BackOff>();
        builder.Services.AddSingleton<VersionLoads>();
        builder.Services.AddSingleton<ModelHost>();
        builder.Services.AddSingleton<ReplicaEndpoints>();
        builder.Services.AddSingleton<IConfigureOptions<KestrelServerOptions>>(services => services.GetRequiredService<ReplicaEndpoints>());
        builder.Services.AddSingleton<ReplicaReports>();
        builder.Services.AddSingleton<GatewayStream>();
        builder.Services.AddHostedService<DesiredStateWatcher>();
    }

    private static void AddPredictionLog(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<PredictionLogOptions>(PredictionLogOptions.Section).Validate(
            options => string.IsNullOrEmpty(options.Path) || builder.Configuration.GetConnectionString("bus") is { Length: > 0 },
            "ConnectionStrings:bus: must be set where Inference:PredictionLog:Path is: the log is published there");
        // Only the log uses the broker, and it waits on disk for it: a replica without one is healthy.
        builder.AddRabbitMQClient("bus", settings => settings.DisableHealthChecks = true, factory => factory.AutomaticRecoveryEnabled = false);
        builder.Services.AddSingleton<PredictionLogMetrics>();
        builder.Services.AddSingleton<IServingRule, RedactionRule>();
        builder.Services.AddSingleton<SegmentWriter>();
        builder.Services.AddSingleton<PredictionLogger>();
        builder.Services.AddSingleton<Backlog>();
        builder.Services.AddHostedService<PredictionPublisher>();
    }

    private static void AddProtocols(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<RequestLimits>(RequestLimits.Section);
        builder.Services.AddValidatedOptions<ProtocolOptions>(ProtocolOptions.Section);
        // What a replica asks of others it asks in its own name, so nobody need find the request from afar; then Kestrel can use contexts again.
        builder.Services.RemoveAll<IHttpContextAccessor>();
        builder.Services.AddGrpc();
        builder.Services.AddOptions<GrpcServiceOptions>()
            .Configure<IOptions<RequestLimits>>((grpc, limits) => grpc.MaxReceiveMessageSize = limits.Value.MaxRequestBytes);
        // The server's own limit lies above: past it a connection is cut, below it the caller gets to read why.
        builder.Services.AddOptions<KestrelServerOptions>()
            .Configure<IOptions<RequestLimits>>((kestrel, limits) => kestrel.Limits.MaxRequestBodySize = 4L * limits.Value.MaxRequestBytes);
        builder.Services.AddSingleton<RequestBody>();
        builder.Services.AddSingleton<InferHandler>();
        builder.Services.AddSingleton<PlainInferHandler>();
        builder.Services.AddSingleton<InferenceRpc>();
        builder.Services.AddSingleton<StreamInferHandler>();
        builder.Services.AddSingleton<RestInferHandler>();
        builder.Services.AddSingleton<MetadataHandler>();
        builder.Services.AddSingleton<ModelConfigHandler>();
        builder.Services.AddSingleton<StatisticsHandler>();
        builder.Services.AddSingleton<RepositoryHandler>();
    }

    private static void AddPredict(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<PredictOptions>(PredictOptions.Section);
        builder.AddServiceClient<FeatureStore.FeatureStoreClient>("FeatureStore", client =>
        {
            client.Idempotent.Add("GetOnlineFeatures");
            // A caller waits: better a refusal soon than an answer late.
            (client.Deadline, client.TryTimeout, client.MaxRetries) = (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(2), 2);
        });
        builder.Services.AddValidatedOptions<ExplanationOptions>(ExplanationOptions.Section);
        builder.Services.AddSingleton<ExplanationTurns>();
        builder.Services.AddSingleton<ModelExplainers>();
        builder.Services.AddSingleton<RowExplainer>();
        builder.Services.AddSingleton<RowRunner>();
        builder.Services.AddSingleton<DefaultedFeatureMetrics>();
        builder.Services.AddSingleton<IServingRule, DefaultsRule>();
        builder.Services.AddSingleton<OnlineFeatures>();
        builder.Services.AddSingleton<PredictHandler>();
        builder.Services.AddSingleton<FeaturePredictHandler>();
    }

    private static void AddBatchJobs(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<BatchOptions>(BatchOptions.Section);
        builder.Services.AddSingleton<BatchSpecs>().AddSingleton<BatchJobStore>().AddSingleton<LocalPredictor>().AddSingleton<BatchJobWork>();
        builder.Services.AddSingleton<BatchJobCommands>();
        builder.Services.AddSingleton<BatchJobRunner>().AddHostedService(services => services.GetRequiredService<BatchJobRunner>());
    }
}
