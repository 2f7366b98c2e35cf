using System.Runtime.CompilerServices;
using Grpc.Core;
using Microsoft.Extensions.Options;
using ModelOps.Explanations;
using ModelOps.Inference.Artifacts;
using ModelOps.Inference.Models;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Explanations;

/// <summary>
/// The explainer of each loaded version, made when it is first asked for and gone with the version. The file is read from the
/// cache of artifacts again: what most versions are never asked for is not kept in memory for all of them.
/// </summary>
internal sealed class ModelExplainers(ArtifactCache artifacts, ExplanationTurns turns, IOptions<ExplanationOptions> options)
{
    private readonly ConditionalWeakTable<LoadedModel, Slot> _slots = [];

    /// <summary>The explainer of a version, or why it has none.</summary>
    public async Task<Outcome<ModelExplainer>> OfAsync(LoadedModel model, CancellationToken ct)
    {
        var slot = _slots.GetValue(model, _ => new Slot());
        if (slot.Known is { } known)
        {
            return known;
        }
        await slot.Gate.WaitAsync(ct);
        try
        {
            return slot.Known ?? await MakeAsync(model, slot, ct);
        }
        finally
        {
            slot.Gate.Release();
        }
    }

    /// <returns>What is kept only when asking again would give the same.</returns>
    private async Task<Outcome<ModelExplainer>> MakeAsync(LoadedModel model, Slot slot, CancellationToken ct)
    {
        if (model.Serving.Graph.Steps.Count > 0)
        {
            return slot.Known = NotExplained(model, "it is a graph of steps");
        }
        var read = await ReadAsync(model, ct);
        if (read.Value is not { } onnx)
        {
            return read.Refusal!;
        }
        var limits = new ExplanationLimits { MaxStepsPerRow = options.Value.MaxStepsPerRow };
        var made = await turns.RunAsync(() => ModelExplainer.Create(onnx, limits: limits), ct);
        return made.Value is not { } result ? made.Refusal!
            : slot.Known = result.Explainer is { } explainer ? explainer
            : NotExplained(model, result.Reason!);
    }

    private static Refusal NotExplained(LoadedModel model, string reason) =>
        new(RefusalKind.FailedPrecondition, $"model '{model.Key.Model}' version {model.Version} cannot be explained: {reason}");

    private async Task<Outcome<byte[]>> ReadAsync(LoadedModel model, CancellationToken ct)
    {
        try
        {
            return await artifacts.ReadAsync(model.Key, model.Sha256, ct);
        }
        catch (Exception e) when (e is RpcException or IOException && !ct.IsCancellationRequested)
        {
            return new Refusal(RefusalKind.Unavailable, $"the file of model '{model.Key.Model}' version {model.Version} cannot be read to explain it: {OnnxErrors.Reason(e)}");
        }
    }

    private sealed class Slot
    {
        public SemaphoreSlim Gate { get; } = new(1);

        public Outcome<ModelExplainer>? Known { get; set; }
    }
}
