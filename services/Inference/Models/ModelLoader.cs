using Microsoft.Extensions.Options;
using Microsoft.ML.OnnxRuntime;
using ModelOps.Onnx;
using ModelOps.Inference.Models.Execution;
using ModelOps.ServiceDefaults.Errors;
using ModelOps.Serving;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace ModelOps.Inference.Models;

/// <summary>Makes a model ready to serve out of its bytes: checks the file, creates the session, warms it up.</summary>
internal sealed class ModelLoader(ModelRuntimeFactory runtimes, IOptions<ModelOptions> options, TimeProvider clock, ILogger<ModelLoader> logger)
{
    /// <summary>A larger version is held once, however many instances run it, unless it says otherwise.</summary>
    private const int SmallBytes = 16 << 20;
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
            return await ServeAsync(key, onnx, features, started, ct);
        }
        catch (OnnxRuntimeException e)
        {
            ct.ThrowIfCancellationRequested();
            return Refused($"ONNX Runtime does not load the file: {OnnxErrors.Reason(e)}");
        }
    }

    private async Task<Outcome<LoadedModel>> ServeAsync(VersionKey key, byte[] onnx, FeatureServiceReference? features, long started, CancellationToken ct)
    {
        var session = CreateSession(onnx, ct);
        var (schema, refusal) = SchemaReader.Read(session);
        if (schema is null)
        {
            session.Dispose();
            return refusal!;
        }
        var card = ModelCard.Read(schema, session.ModelMetadata.CustomMetadataMap);
        var plan = new RuntimePlan(
            schema, ServingConfiguration.Default, new SessionExecutable(session, schema), () => new SessionExecutable(CreateSession(onnx, ct), schema), onnx.Length <= SmallBytes);
        var built = await runtimes.CreateAsync(plan, ct);
        if (built.Value is not { } runtime)
        {
            return built.Refusal!;
        }
        Log.Loaded(logger, key, clock.GetElapsedTime(started).TotalMilliseconds);
        return new LoadedModel(key, schema, card, runtime) { FeatureService = features, Serving = plan.Serving };
    }

    private InferenceSession CreateSession(byte[] onnx, CancellationToken ct)
    {
        using var session = SessionOptionsFactory.Create(options.Value);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(options.Value.LoadTimeout);
        using var cancel = limit.Token.UnsafeRegister(static state => ((SessionOptions)state!).SetLoadCancellationFlag(true), session);
        return new InferenceSession(onnx, session);
    }

    private static Refusal Refused(string reason) => new(RefusalKind.Invalid, reason);
}
