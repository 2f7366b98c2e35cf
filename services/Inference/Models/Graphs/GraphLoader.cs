using System.Security.Cryptography;
using Microsoft.ML.OnnxRuntime;
using ModelOps.Inference.Models.Probing;
using ModelOps.Inference.Models.Sessions;
using ModelOps.Onnx;
using ModelOps.ServiceDefaults.Errors;
using ModelOps.Serving;

namespace ModelOps.Inference.Models.Graphs;

/// <summary>Opens the sessions of a graph's steps and ties the steps together.</summary>
internal sealed class GraphLoader(ModelProbe probe, SessionFactory factory)
{
    private readonly ModelInspector _inspector = new();

    /// <summary>Loads a graph.</summary>
    /// <param name="source">The version whose serving configuration has the graph.</param>
    /// <param name="ct">Ends the load.</param>
    public async Task<Outcome<LoadedGraph>> LoadAsync(ModelSource source, CancellationToken ct)
    {
        foreach (var member in source.Members.Values)
        {
            if (await RefuseAsync(source, member, ct) is { } refusal)
            {
                return refusal;
            }
        }
        return Open(source, ct);
    }

    /// <summary>A member is as little trusted as the version that names it.</summary>
    private async Task<Refusal?> RefuseAsync(ModelSource source, ModelSource member, CancellationToken ct)
    {
        var ordinal = source.Serving.Graph.Steps.Index().First(step => step.Item.Model is { } named && source.Members[named] == member).Index;
        var reason = _inspector.Inspect(member.Onnx) is { Refusals: [var first, ..] } ? $"the file is refused: {first}" : (await probe.RefuseAsync(member, ct))?.Detail;
        return reason is null ? null : Refusal.Invalid($"serving.graph.steps[{ordinal}].model", reason);
    }

    private Outcome<LoadedGraph> Open(ModelSource source, CancellationToken ct)
    {
        var graph = source.Serving.Graph;
        var wiring = new GraphWiring(graph);
        var (opened, first) = (new List<VersionSessions>(), new List<InferenceSession>());
        var (own, allowNaN, isLoaded) = (-1, true, false);
        try
        {
            foreach (var ordinal in GraphRules.Order(graph)!)
            {
                var step = graph.Steps[ordinal];
                var refusal = Open(source, ordinal, wiring, ct, out var sessions);
                if (sessions is null)
                {
                    return refusal!;
                }
                opened.Add(sessions);
                first.Add(sessions.Create(ct));
                var (schema, unreadable) = SchemaReader.Read(first[^1]);
                if (schema is null)
                {
                    return unreadable!;
                }
                if (wiring.Add(ordinal, schema) is { } miswired)
                {
                    return miswired;
                }
                own = own < 0 && !step.IsBuiltIn && step.Model is null ? first.Count - 1 : own;
                allowNaN &= schema.AllowNaN;
            }
            isLoaded = true;
            return new LoadedGraph(wiring, wiring.Schema(allowNaN), graph.Outputs, opened, first, own);
        }
        finally
        {
            if (!isLoaded)
            {
                first.ForEach(session => session.Dispose());
                opened.ForEach(sessions => sessions.Dispose());
            }
        }
    }

    private Refusal? Open(ModelSource source, int ordinal, GraphWiring wiring, CancellationToken ct, out VersionSessions? sessions)
    {
        sessions = null;
        var found = SourceOf(source, ordinal, wiring);
        if (found.Value is not { } step)
        {
            return found.Refusal;
        }
        var opened = factory.Open(step, bindsAddresses: false, ct);
        sessions = opened.Value;
        return opened.Refusal;
    }

    private static Outcome<ModelSource> SourceOf(ModelSource source, int ordinal, GraphWiring wiring)
    {
        var step = source.Serving.Graph.Steps[ordinal];
        if (step.Model is { } member)
        {
            return source.Members[member] with { Serving = source.Serving };
        }
        if (!step.IsBuiltIn)
        {
            return source;
        }
        var known = wiring.Find(step.Inputs[GraphRules.BuiltInInput]);
        var (datatype, shape) = known is null ? BuiltInGraph.Alone(step) : (known.Datatype, known.Shape);
        if (BuiltInGraph.Write(step, datatype, shape, out var rule) is not { } onnx)
        {
            return Refusal.Invalid($"serving.graph.steps[{ordinal}].inputs.{GraphRules.BuiltInInput}", rule!);
        }
        return new ModelSource(source.Key, onnx)
        {
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(onnx)),
            Folder = source.Folder,
            // Such a step is smaller than what is kept of it would be.
            Serving = source.Serving with { Execution = source.Serving.Execution with { CacheOptimizedModel = false } },
        };
    }
}
