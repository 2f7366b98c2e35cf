using ModelOps.ServiceDefaults.Errors;
using Spectre.Console;

namespace ModelOps.Cli;

/// <summary>What a command says: results on standard output, everything else on standard error.</summary>
internal sealed class Terminal
{
    private readonly TextWriter _results = Console.Out;
    private readonly TextWriter _notes = Console.Error;

    /// <summary>For progress.</summary>
    public IAnsiConsole Error { get; } = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    /// <summary>Whether a person looks on.</summary>
    public bool IsInteractive => Error.Profile.Capabilities.Interactive && !Console.IsErrorRedirected;

    /// <summary>Writes a line of results as it is, however long.</summary>
    public void Line(string text) => _results.WriteLine(text);

    /// <summary>Writes a line beside the results.</summary>
    public void Note(string text) => _notes.WriteLine(text);

    /// <summary>Says why a command failed and what to do next.</summary>
    public int Fail(string message, string next)
    {
        Note($"error: {message}");
        Note($"  next: {next}");
        return ExitCode.Failed;
    }

    /// <summary>Says why a command line is wrong.</summary>
    public int Misused(Refusal refusal)
    {
        Note($"error: --{(refusal.Field ?? "").Replace('_', '-')} {refusal.Message}");
        Note("  next: see --help");
        return ExitCode.Usage;
    }

    /// <summary>Does something, and turns what stops it into one error.</summary>
    public async Task<int> GuardAsync(Func<Task<int>> command, string onStop)
    {
        try
        {
            return await command();
        }
        catch (OperationCanceledException)
        {
            return Fail("stopped", onStop);
        }
        catch (HttpRequestException e)
        {
            return Fail($"the gateway cannot be reached: {e.Message}", "check --gateway or MODELOPS_GATEWAY, and that the gateway runs");
        }
    }
}
