using Microsoft.ML.OnnxRuntime;
using ModelOps.Inference.Models.Execution;

namespace ModelOps.Inference.Models.Graphs;

/// <summary>
/// Steps that run one after the other, each on a session of its own. What one makes is handed to the next as it is, without a copy;
/// steps that nothing asked for depends on are left out.
/// </summary>
/// <param name="steps">The steps in the order they run.</param>
/// <param name="sessions">A session for each.</param>
/// <param name="values">Number of values.</param>
/// <param name="given">Values that are the inputs of the whole.</param>
/// <param name="answered">Values that are its outputs, by name.</param>
internal sealed class GraphExecutable(
    IReadOnlyList<WiredStep> steps, IReadOnlyList<InferenceSession> sessions, int values, int[] given, IReadOnlyDictionary<string, int> answered) : IExecutable
{
    /// <summary>What lies between two steps is allocated by the runtime, whose sizes depend on the inputs.</summary>
    public bool HasBindings => false;

    public IDisposableReadOnlyCollection<OrtValue> Run(RunOptions options, OrtValue[] inputs, string[] outputs)
    {
        var wanted = Array.ConvertAll(outputs, name => answered[name]);
        var present = new OrtValue?[values];
        for (var i = 0; i < given.Length; i++)
        {
            present[given[i]] = inputs[i];
        }
        var made = new List<OrtValue>();
        try
        {
            var needed = Needed(wanted);
            for (var i = 0; i < steps.Count; i++)
            {
                if (needed[i])
                {
                    Run(options, i, present, made);
                }
            }
            var answer = new StepOutputs(Array.ConvertAll(wanted, value => present[value]!));
            made.RemoveAll(answer.Contains);
            return answer;
        }
        finally
        {
            // What lay between the steps, and everything when one of them failed.
            made.ForEach(value => value.Dispose());
        }
    }

    public OrtIoBinding CreateBinding() => throw new NotSupportedException("steps are not bound to memory");

    public void Run(RunOptions options, OrtIoBinding binding) => throw new NotSupportedException("steps are not bound to memory");

    public void Dispose()
    {
        foreach (var session in sessions)
        {
            session.Dispose();
        }
    }

    private void Run(RunOptions options, int ordinal, OrtValue?[] present, List<OrtValue> made)
    {
        var step = steps[ordinal];
        var results = sessions[ordinal].Run(options, step.InputNames, Array.ConvertAll(step.Inputs, value => present[value]!), step.OutputNames);
        made.AddRange(results);
        for (var i = 0; i < step.Outputs.Length; i++)
        {
            present[step.Outputs[i]] = results[i];
        }
    }

    /// <summary>Steps that the wanted values come from.</summary>
    private bool[] Needed(int[] wanted)
    {
        var needed = new bool[steps.Count];
        var open = new bool[values];
        foreach (var value in wanted)
        {
            open[value] = true;
        }
        for (var i = steps.Count - 1; i >= 0; i--)
        {
            if (needed[i] = steps[i].Outputs.Any(value => open[value]))
            {
                foreach (var value in steps[i].Inputs)
                {
                    open[value] = true;
                }
            }
        }
        return needed;
    }

    /// <summary>The outputs that were asked for.</summary>
    private sealed class StepOutputs(OrtValue[] values) : IDisposableReadOnlyCollection<OrtValue>
    {
        public int Count => values.Length;

        public OrtValue this[int index] => values[index];

        public bool Contains(OrtValue value) => Array.IndexOf(values, value) >= 0;

        public IEnumerator<OrtValue> GetEnumerator() => ((IEnumerable<OrtValue>)values).GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => values.GetEnumerator();

        public void Dispose()
        {
            foreach (var value in values)
            {
                value.Dispose();
            }
        }
    }
}
