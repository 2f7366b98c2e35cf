using ModelOps.Inference.Models.Execution;
using ModelOps.Inference.Models.Graphs;
using ModelOps.Inference.Models.Probing;
using ModelOps.Inference.Models.Sessions;
using ModelOps.Onnx;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Models;

/// <summary>Makes a model ready to serve out of its bytes: checks the file, creates the session, warms it up.</summary>
internal sealed class ModelLoader(
    ModelProbe probe, SessionFactory factory, GraphLoader graphs, ModelRuntimeFactory runtimes, LoadedModels models, TimeProvider clock, ILogger<ModelLoader> logger)
{
    private readonly ModelInspector _inspector = new();

    /// <summary>Loads a model.</summary>
    /// <param name="source">The version.</param>
    /// <param name="ct">Ends the load.</param>
    public async Task<Outcome<LoadedModel>> LoadAsync(ModelSource source, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        if (_inspector.Inspect(source.Onnx) is { Refusals: [var first, ..] })
        {
            return Refused($"the file is refused: {first}");
        }
        if (await probe.RefuseAsync(source, ct) is { } refusal)
        {
            return refusal;
        }
        if (source.Serving.Graph.Steps.Count > 0)
        {
            return await LoadGraphAsync(source, started, ct);
        }
        var opened = factory.Open(source, bindsAddresses: false, ct);
        if (opened.Value is not { } sessions)
        {
            return opened.Refusal!;
        }
        using (sessions)
        {
            return Serve(source, sessions, started, ct);
        }
    }

    private Outcome<LoadedModel> Serve(ModelSource source, VersionSessions sessions, long started, CancellationToken ct)
    {
        var session = sessions.Create(ct);
        var (schema, refusal) = SchemaReader.Read(session);
        if (schema is null)
        {
            session.Dispose();
            return refusal!;
        }
        var card = ModelCard.Read(schema, session.ModelMetadata.CustomMetadataMap, source.Serving.Graph);
        var plan = new RuntimePlan(schema, source.Serving, new SessionExecutable(session, schema))
        {
            Another = () => new SessionExecutable(sessions.Create(ct), schema),
            Key = source.Key,
            MayBeCopied = MayBeCopied(source, sessions),
            RunOptions = sessions.CreateRunOptions,
        };
        return Serve(source, plan, card, sessions, started, ct);
    }

    private async Task<Outcome<LoadedModel>> LoadGraphAsync(ModelSource source, long started, CancellationToken ct)
    {
        var loaded = await graphs.LoadAsync(source, ct);
        if (loaded.Value is not { } graph)
        {
            return loaded.Refusal!;
        }
        using (graph)
        {
            var plan = new RuntimePlan(graph.Schema, source.Serving, graph.First)
            {
                Key = source.Key,
                Another = () => graph.Another(ct),
                MayBeCopied = MayBeCopied(source, graph.Own),
                RunOptions = graph.Own.CreateRunOptions,
            };
            return Serve(source, plan, ModelCard.Read(graph.Schema, graph.Metadata, source.Serving.Graph), graph.Own, started, ct);
        }
    }

    private Outcome<LoadedModel> Serve(ModelSource source, RuntimePlan plan, ModelCard card, VersionSessions sessions, long started, CancellationToken ct)
    {
        var built = runtimes.Create(plan, ct);
        if (built.Value is not { } runtime)
        {
            return built.Refusal!;
        }
        Log.Loaded(logger, source.Key, clock.GetElapsedTime(started).TotalMilliseconds, runtime.Rules.MaxRows, runtime.Instances, runtime.Sessions, runtime.Callers);
        return models.Create(source, plan.Schema, card, runtime, sessions);
    }

    private static bool MayBeCopied(ModelSource source, VersionSessions sessions) => SessionCounts.IsSmall(source) && sessions.ProviderInUse == ExecutionProviders.Cpu;

    private static Refusal Refused(string reason) => new(RefusalKind.Invalid, reason);
}
