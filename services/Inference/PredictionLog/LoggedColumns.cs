using Google.Protobuf;
using ModelOps.Contracts.Monitor.V1;
using ModelOps.Inference.Models;

namespace ModelOps.Inference.PredictionLog;

/// <summary>What of a request's inputs is logged, and the layout that says so.</summary>
/// <param name="Environment">Environment that the layout names.</param>
/// <param name="Names">Names of the columns by ordinal of the input, as they were when it was made.</param>
/// <param name="Inputs">The inputs that are logged.</param>
/// <param name="Layout">What says so in the log.</param>
internal sealed record LoggedColumns(string Environment, string[][] Names, LoggedInputColumns[] Inputs, LoggedLayout Layout)
{
    public static LoggedColumns Of(LoadedModel model, string environment, string[][] names)
    {
        var inputs = new List<LoggedInputColumns>();
        var layout = new PredictionLayout { Workspace = model.Key.Workspace, Environment = environment, Model = model.Key.Model, Version = model.Key.Version };
        for (var ordinal = 0; ordinal < names.Length; ordinal++)
        {
            int[] kept = [.. Enumerable.Range(0, names[ordinal].Length).Where(column => names[ordinal][column].Length > 0)];
            if (kept.Length > 0)
            {
                inputs.Add(new(ordinal, names[ordinal].Length, kept));
                layout.Inputs.Add(new LoggedInput { Datatype = model.Schema.Inputs[ordinal].Datatype.Name, Features = { kept.Select(column => names[ordinal][column]) } });
            }
        }
        return new(environment, names, [.. inputs], new LoggedLayout(layout.ToByteArray()));
    }
}

/// <summary>What of one input is logged.</summary>
/// <param name="Ordinal">Ordinal of the input.</param>
/// <param name="Columns">Elements of a row.</param>
/// <param name="Kept">Which of them are logged, ascending.</param>
internal readonly record struct LoggedInputColumns(int Ordinal, int Columns, int[] Kept)
{
    /// <summary>True when nothing of it is left out.</summary>
    public bool IsWhole => Kept.Length == Columns;
}
