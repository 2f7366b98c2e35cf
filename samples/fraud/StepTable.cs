using System.Diagnostics;
using System.Text.Json;
using Spectre.Console;

namespace ModelOps.Samples.Fraud;

/// <summary>Runs the steps of a job, prints one row a step with its evidence, and keeps them for the report file.</summary>
public sealed class StepTable(FileInfo? report)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };
    private readonly IAnsiConsole _console = CreateConsole();
    private readonly List<Step> _steps = [];

    private sealed record Step(string Name, bool Ok, double Seconds, IReadOnlyDictionary<string, object> Evidence);

    /// <summary>Runs a step unless an earlier one failed.</summary>
    /// <param name="name">What the step does.</param>
    /// <param name="action">Does it, and fills in the evidence. Throws when the step does not hold.</param>
    public async Task RunAsync(string name, Func<IDictionary<string, object>, Task> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        if (_steps.Exists(step => !step.Ok))
        {
            return;
        }

        // A person sees what is going on; a file gets the finished rows only.
        var done = _console.Profile.Capabilities.Interactive
            ? await _console.Status().StartAsync(name, _ => RunOneAsync(name, action))
            : await RunOneAsync(name, action);
        _steps.Add(done);
        Print(done);
    }

    /// <summary>Writes the report file, when one was asked for.</summary>
    /// <returns>True when every step held.</returns>
    public async Task<bool> FinishAsync(CancellationToken ct)
    {
        var ok = _steps.Count > 0 && _steps.TrueForAll(step => step.Ok);
        if (report is not null)
        {
            await File.WriteAllBytesAsync(report.FullName, JsonSerializer.SerializeToUtf8Bytes(new { Ok = ok, Steps = _steps }, Json), ct);
        }
        return ok;
    }

    private static async Task<Step> RunOneAsync(string name, Func<IDictionary<string, object>, Task> action)
    {
        var watch = Stopwatch.StartNew();
        var evidence = new SortedDictionary<string, object>(StringComparer.Ordinal);
        var ok = false;
        try
        {
            await action(evidence);
            ok = true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            evidence["error"] = e.Message;
        }
        return new Step(name, ok, Math.Round(watch.Elapsed.TotalSeconds, 3), evidence);
    }

    private void Print(Step step)
    {
        var evidence = string.Join("  ", step.Evidence.Select(pair => $"{pair.Key} {Format(pair.Value)}"));
        _console.MarkupLineInterpolated($"    [{(step.Ok ? "green" : "red")}]{(step.Ok ? "ok  " : "FAIL")}[/] {step.Name,-20} {step.Seconds,7:0.00} s  {evidence}");
    }

    /// <summary>A row is one line, also where the output is a file.</summary>
    private static IAnsiConsole CreateConsole()
    {
        if (!Console.IsOutputRedirected)
        {
            return AnsiConsole.Create(new AnsiConsoleSettings());
        }
        var plain = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No });
        plain.Profile.Width = 1_000;
        return plain;
    }

    private static string Format(object value) => value is double number ? number.ToString("0.######") : $"{value}";
}
