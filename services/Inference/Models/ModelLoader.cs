using Microsoft.Extensions.Options;
using Microsoft.ML.OnnxRuntime;
using ModelOps.Onnx;
using ModelOps.ServiceDefaults.Errors;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace ModelOps.Inference.Models;

/// <summary>Makes a model ready to serve out of its bytes: checks the file, creates the session, warms it up.</summary>
internal sealed class ModelLoader(IOptions<ModelOptions> options, TimeProvider clock, ILogger<ModelLoader> logger)
{
    private readonly ModelInspector _inspector = new();

    /// <summary>Loads a model.</summary>
    /// <param name="key">The version.</param>
    /// <param name="onnx">Its bytes; must be the ones whose digest was verified.</param>
    /// <param name="features">The feature service it reads; null: none.</param>
    /// <param name="ct">Ends the load.</param>
    public async Task<Outcome<LoadedModel>> LoadAsync(VersionKey key, byte[] onnx, FeatureServiceReference? features, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        if (_inspector.Inspect(onnx) is { Refusals: [var first, ..] })
        {
            return Refused($"the file is refused: {first}");
        }
        try
        {
            return await ServeAsync(key, CreateSession(onnx, ct), features, started, ct);
        }
        catch (OnnxRuntimeException e)
        {
            ct.ThrowIfCancellationRequested();
            return Refused($"ONNX Runtime does not load the file: {OnnxErrors.Reason(e)}");
        }
    }

    private async Task<Outcome<LoadedModel>> ServeAsync(
        VersionKey key, InferenceSession session, FeatureServiceReference? features, long started, CancellationToken ct)
    {
        var (schema, refusal) = SchemaReader.Read(session);
        if (schema is null)
        {
            session.Dispose();
            return refusal!;
        }
        var card = ModelCard.Read(schema, session.ModelMetadata.CustomMetadataMap);
        var model = new LoadedModel(key, schema, card, new SessionRunner(session, schema, options.Value, clock))
        {
            FeatureService = features,
            Statistics = new ModelStatistics(clock),
        };
        var isReady = false;
        try
        {
            if (await WarmUpAsync(model, ct) is { } failed)
            {
                return failed;
            }
            isReady = true;
            Log.Loaded(logger, key, clock.GetElapsedTime(started).TotalMilliseconds);
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

    private InferenceSession CreateSession(byte[] onnx, CancellationToken ct)
    {
        using var session = SessionOptionsFactory.Create(options.Value);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(options.Value.LoadTimeout);
        using var cancel = limit.Token.UnsafeRegister(static state => ((SessionOptions)state!).SetLoadCancellationFlag(true), session);
        return new InferenceSession(onnx, session);
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
