using System.CommandLine;
using Grpc.Net.Client;
using ModelOps.Batch;
using ModelOps.Batch.Runs;
using ModelOps.Contracts.OpenInference;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Cli.Batch;

/// <summary>Predicts a file from here: reads and writes it in this process and asks the gateway for the predictions.</summary>
internal static class RunCommand
{
    public static Command Create(Terminal terminal, CliSettings settings)
    {
        var command = new Command(
            "run", "Predict the rows of a file from here. Stopped or killed, the same command goes on where it was. Ends with 0, 1 when it failed, 2 for a wrong command line, 3 when rows were rejected.");
        var options = new RunOptions(settings, command);
        var connection = new Connection(settings, command, grpc: true);
        command.SetAction((arguments, ct) => terminal.GuardAsync(() => RunAsync(terminal, options, connection, arguments, ct), "run the same command again: it goes on where it stopped"));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, RunOptions options, Connection connection, ParseResult arguments, CancellationToken ct)
    {
        var (read, address, key) = (options.Read(arguments), connection.Grpc(arguments), connection.Key(arguments));
        if ((read.Refusal ?? address.Refusal ?? key.Refusal) is { } misused)
        {
            return terminal.Misused(misused);
        }
        var spec = read.Value!;
        using var channel = GrpcChannel.ForAddress(address.Value!, new GrpcChannelOptions { MaxReceiveMessageSize = null });
        var predictor = new GatewayPredictor(new GRPCInferenceService.GRPCInferenceServiceClient(channel), key.Value!);
        var run = new BatchRun(spec, predictor, TimeProvider.System, RetryPolicy.Default);
        var outcome = await new RunProgress(terminal, TimeProvider.System).ShowAsync(run.Progress, run.RunAsync(ct));
        return outcome.Value is { } summary ? Report(terminal, spec, summary) : terminal.Fail(outcome.Refusal!.Detail, Next(outcome.Refusal, spec));
    }

    private static int Report(Terminal terminal, BatchSpec spec, BatchSummary summary)
    {
        terminal.Line($"{summary.Rows} rows predicted by version {summary.Version} of {summary.Model}, in {spec.Output}");
        if (summary.Rejected == 0)
        {
            return ExitCode.Ok;
        }
        terminal.Line($"{summary.Rejected} rows rejected, with reasons in {spec.Rejected}");
        return ExitCode.Rejected;
    }

    private static string Next(Refusal refusal, BatchSpec spec) => refusal.Kind switch
    {
        RefusalKind.PermissionDenied => "check --api-key or MODELOPS_API_KEY; predictions need the scope read",
        RefusalKind.Unavailable => "check --gateway-grpc and that the model is deployed, then run the same command again: it goes on where it stopped",
        RefusalKind.AlreadyExists => "move the output away, or add --overwrite",
        RefusalKind.NotFound => "check the paths, and the model's name and version",
        _ when Directory.Exists(spec.Folder) => $"put that right and run the same command again: it goes on where it stopped; delete {spec.Folder} to begin anew",
        _ => "put that right and run the command again",
    };
}
