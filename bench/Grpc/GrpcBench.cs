using System.CommandLine;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using ModelOps.Bench.Measuring;
using ModelOps.Bench.V1;

namespace ModelOps.Bench.Grpc;

/// <summary>Unary calls through the gRPC stack against a bare Kestrel endpoint that moves the same bytes.</summary>
internal static class GrpcBench
{
    private const double Target = 0.8;

    /// <summary>Not counted: the compiler is still at work on both sides.</summary>
    private const int WarmUpRounds = 3;

    public static Command Command()
    {
        var callers = new Option<int>("--callers") { Description = "Calls under way at the same time.", DefaultValueFactory = _ => 64 };
        var bytes = new Option<int>("--bytes") { Description = "Payload of a message.", DefaultValueFactory = _ => 128 };
        var rounds = new Option<int>("--rounds") { Description = "Rounds of each side, taken in turn.", DefaultValueFactory = _ => 7 };
        var seconds = new Option<double>("--seconds") { Description = "Length of a round.", DefaultValueFactory = _ => 2 };
        var command = new Command("grpc", "Unary echo over one h2c connection, against a bare Kestrel endpoint that moves the same bytes.")
        {
            callers, bytes, rounds, seconds, EchoProcess.ServeCommand(),
        };
        command.SetAction((parsed, ct) => RunAsync(
            parsed.InvocationConfiguration.Output,
            new Plan(parsed.GetValue(callers), parsed.GetValue(bytes), parsed.GetValue(rounds), TimeSpan.FromSeconds(parsed.GetValue(seconds))),
            ct));
        return command;
    }

    private static async Task<int> RunAsync(TextWriter output, Plan plan, CancellationToken ct)
    {
        await using var server = await EchoProcess.StartAsync(ct);
        using var channel = GrpcChannel.ForAddress(server.GrpcAddress);
        using var floor = new BareClient(server.BareAddress, plan.Bytes);
        var mirror = new Mirror.MirrorClient(channel);
        var payload = new Payload { Data = ByteString.CopyFrom(new byte[plan.Bytes]) };

        var bare = new Load(plan.Callers, (_, token) => floor.CallAsync(token), server.UsageAsync);
        var grpc = new Load(plan.Callers, (_, token) => EchoAsync(mirror, payload, token), server.UsageAsync);
        var (bareRounds, grpcRounds) = await TakeTurnsAsync(bare, grpc, plan, ct);

        return Report(output, plan, bareRounds, grpcRounds);
    }

    private static async Task EchoAsync(Mirror.MirrorClient mirror, Payload payload, CancellationToken ct)
    {
        var answer = await mirror.EchoAsync(payload, new CallOptions(cancellationToken: ct));
        if (answer.Data.Length != payload.Data.Length)
        {
            throw new InvalidDataException($"{answer.Data.Length} bytes came back instead of {payload.Data.Length}");
        }
    }

    /// <summary>What disturbs the machine for a while then disturbs both.</summary>
    private static async Task<(List<Round> Bare, List<Round> Grpc)> TakeTurnsAsync(Load bare, Load grpc, Plan plan, CancellationToken ct)
    {
        List<Round> bareRounds = [], grpcRounds = [];
        for (var round = 0; round < WarmUpRounds + plan.Rounds; round++)
        {
            bareRounds.Add(await bare.RunAsync(plan.Time, ct));
            grpcRounds.Add(await grpc.RunAsync(plan.Time, ct));
        }
        return (bareRounds[WarmUpRounds..], grpcRounds[WarmUpRounds..]);
    }

    private static int Report(TextWriter output, Plan plan, List<Round> bareRounds, List<Round> grpcRounds)
    {
        var (bare, grpc) = (Round.Median(bareRounds), Round.Median(grpcRounds));
        double[] ratios = [.. grpcRounds.Zip(bareRounds, (mine, floor) => mine.PerSecond / floor.PerSecond).Order()];
        var ratio = grpc.PerSecond / bare.PerSecond;

        output.WriteLine($"unary echo, {plan.Bytes} bytes, {plan.Callers} callers, one connection, medians of {plan.Rounds} rounds of {plan.Time.TotalSeconds:0.#} s taken in turn");
        output.WriteLine($"{"",-12}{"calls/s",10}{"p50 ms",9}{"p99 ms",9}{"client us CPU",15}{"server us CPU",15}{"client B/call",15}{"server B/call",15}");
        Line(output, "bare h2c", bare);
        Line(output, "gRPC", grpc);
        var (bestBare, bestGrpc) = (bareRounds.Max(round => round.PerSecond), grpcRounds.Max(round => round.PerSecond));
        output.WriteLine($"least disturbed rounds: bare h2c {bestBare:0} calls/s, gRPC {bestGrpc:0} calls/s, ratio {bestGrpc / bestBare:0.00}");
        output.WriteLine($"ratio {ratio:0.00} of the bare endpoint's calls per second (target {Target:0.0}; rounds {ratios[0]:0.00} to {ratios[^1]:0.00}); of processor time {(bare.ClientCpu + bare.ServerCpu) / (grpc.ClientCpu + grpc.ServerCpu):0.00}");
        return ratio >= Target ? 0 : 1;
    }

    private static void Line(TextWriter output, string name, Round round) => output.WriteLine(
        $"{name,-12}{round.PerSecond,10:0}{round.P50.TotalMilliseconds,9:0.00}{round.P99.TotalMilliseconds,9:0.00}{round.ClientCpu.TotalMicroseconds,15:0.0}{round.ServerCpu.TotalMicroseconds,15:0.0}{round.ClientBytes,15:0}{round.ServerBytes,15:0}");

    private sealed record Plan(int Callers, int Bytes, int Rounds, TimeSpan Time);
}
