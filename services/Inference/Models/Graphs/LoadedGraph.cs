using Microsoft.ML.OnnxRuntime;
using ModelOps.Inference.Models.Execution;
using ModelOps.Inference.Models.Sessions;
using ModelOps.Inference.Tensors;

namespace ModelOps.Inference.Models.Graphs;

/// <summary>A graph whose steps have sessions. It makes executables while a version is loaded; those outlive it.</summary>
internal sealed class LoadedGraph : IDisposable
{
    private readonly GraphWiring _wiring;
    private readonly IReadOnlyList<VersionSessions> _sessions;
    private readonly Dictionary<string, int> _outputs;

    /// <param name="wiring">How the steps are tied.</param>
    /// <param name="schema">What the whole takes and gives.</param>
    /// <param name="outputs">Values that it answers with.</param>
    /// <param name="sessions">What makes the sessions of each step.</param>
    /// <param name="first">The first session of each.</param>
    /// <param name="own">Which step is the version's own artifact.</param>
    public LoadedGraph(
        GraphWiring wiring, ModelSchema schema, IReadOnlyList<string> outputs, IReadOnlyList<VersionSessions> sessions, IReadOnlyList<InferenceSession> first, int own)
    {
        (_wiring, _sessions, Schema) = (wiring, sessions, schema);
        _outputs = outputs.ToDictionary(value => value, wiring.NumberOf, StringComparer.Ordinal);
        Metadata = first[own].ModelMetadata.CustomMetadataMap;
        Own = sessions[own];
        First = Executable(first);
    }

    /// <summary>What the whole takes and gives.</summary>
    public ModelSchema Schema { get; }

    /// <summary>What the version's own artifact says about itself.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The sessions of the version's own artifact.</summary>
    public VersionSessions Own { get; }

    /// <summary>The graph on the first sessions.</summary>
    public GraphExecutable First { get; }

    /// <summary>The graph on sessions of its own.</summary>
    public IExecutable Another(CancellationToken ct)
    {
        var made = new List<InferenceSession>();
        try
        {
            foreach (var sessions in _sessions)
            {
                made.Add(sessions.Create(ct));
            }
            return Executable(made);
        }
        catch
        {
            made.ForEach(session => session.Dispose());
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var sessions in _sessions)
        {
            sessions.Dispose();
        }
    }

    private GraphExecutable Executable(IReadOnlyList<InferenceSession> sessions) => new(_wiring.Steps, sessions, _wiring.Values, _wiring.Inputs, _outputs);
}
