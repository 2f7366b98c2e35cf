using Microsoft.Extensions.Options;
using ModelOps.Inference.Models.Sessions;
using ModelOps.Onnx;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Models;

/// <summary>Makes a model ready to serve out of its bytes: checks the file, creates the session, warms it up.</summary>
internal sealed class ModelLoader(SessionFactory factory, IOptions<ModelOptions> options, TimeProvider clock, ILogger<ModelLoader> logger)
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
        var opened = factory.Open(source, bindsAddresses: false, ct);
        if (opened.Value is not { } sessions)
        {
            return opened.Refusal!;
        }
        using (sessions)
        {
            return await ServeAsync(source, sessions, started, ct);
        }
    }

    private async Task<Outcome<LoadedModel>> ServeAsync(ModelSource source, VersionSessions sessions, long started, CancellationToken ct)
    {
        var session = sessions.Create(ct);
        var (schema, refusal) = SchemaReader.Read(session);
        if (schema is null)
        {
            session.Dispose();
            return refusal!;
        }
        var card = ModelCard.Read(schema, session.ModelMetadata.CustomMetadataMap);
        var model = new LoadedModel(source.Key, schema, card, new SessionRunner(session, schema, options.Value, clock))
        {
            FeatureService = source.FeatureService,
            Serving = source.Serving,
            Provider = sessions.ProviderInUse,
        };
        var isReady = false;
        try
        {
            if (await WarmUpAsync(model, ct) is { } failed)
            {
                return failed;
            }
            isReady = true;
            Log.Loaded(logger, source.Key, clock.GetElapsedTime(started).TotalMilliseconds);
            return model;
        }
        finally
        {
            if (!isReady)
            {
                model.Release();
            }
        }
    }

    /// <summary>The first runs allocate and choose kernels; they happen before the version counts as ready.</summary>
    private async Task<Refusal?> WarmUpAsync(LoadedModel model, CancellationToken ct)
    {
        for (var i = 0; i < options.Value.WarmUpRuns; i++)
        {
            using var inputs = WarmUpInputs.Create(model.Schema);
            if (inputs is null)
            {
                return null;
            }
            var outcome = await model.RunAsync(inputs, model.AllOutputs, ct);
            outcome.Value?.Dispose();
            if (outcome.Refusal is { } refusal)
            {
                // Where lengths are free beyond the first dimension, a one may be a length the model cannot work with.
                if (refusal.Kind == RefusalKind.Invalid && WarmUpInputs.IsGuess(model.Schema))
                {
                    Log.NotWarmedUp(logger, model.Key, refusal.Detail);
                    return null;
                }
                return Refused($"the first run failed: {refusal.Detail}");
            }
        }
        return null;
    }

    private static Refusal Refused(string reason) => new(RefusalKind.Invalid, reason);
}
