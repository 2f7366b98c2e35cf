using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Grpc.Core;
using Grpc.Net.Client;
using ModelOps.Contracts.OpenInference;
using ModelOps.Statistics.Metrics;

namespace ModelOps.Samples.Fraud;

/// <summary>The main job: train, register, deploy, predict, every step through the public gateway as an outside client would.</summary>
public sealed class MainJob(DirectoryInfo data, GatewayStartup startup, Uri gatewayGrpc, StepTable steps)
{
    private const double RequiredRocAuc = 0.870;
    private const double Tolerance = 1e-6;
    private static readonly TimeSpan ServedWithin = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(30);

    /// <summary>Runs every step, up to the first that does not hold.</summary>
    /// <returns>True when every step held.</returns>
    public async Task<bool> RunAsync(CancellationToken ct)
    {
        FraudModel model = null!;
        var version = 0L;
        var key = "";
        float[] expected = [];
        Transaction[] current = [];

        await steps.RunAsync("gateway is up", async _ =>
        {
            await startup.WaitAsync(ct);
            key = await startup.ReadAdminKeyAsync(ct);
        });
        using var gateway = new GatewayClient(startup.Gateway, key);

        await steps.RunAsync("train", evidence =>
        {
            var rows = Transaction.Read(Path.Combine(data.FullName, "train.csv"));
            model = FraudModel.Train(rows, ct);
            evidence["rows"] = rows.Length;
            evidence["test_auc"] = model.TestRocAuc;
            return Require(model.TestRocAuc >= RequiredRocAuc, $"AUC on the test split is {model.TestRocAuc}, under {RequiredRocAuc}");
        });

        await steps.RunAsync("register", async evidence =>
        {
            var sha256 = Convert.ToHexStringLower(SHA256.HashData(model.Onnx));
            var metadata = new JsonObject
            {
                ["algorithm"] = "logistic_regression",
                ["training_data"] = "samples/fraud/data/train.csv",
                ["metrics"] = new JsonObject { ["roc_auc"] = model.TestRocAuc },
            };
            (version, var created) = await gateway.RegisterAsync(FraudModel.Name, model.Onnx, sha256, metadata, ct);
            evidence["version"] = version;
            evidence["registered"] = created ? "now" : "before";
            evidence["sha256"] = sha256;
        });

        await steps.RunAsync("deploy", async evidence =>
        {
            await gateway.DeployAsync(FraudModel.Name, version, ct);
            evidence["replicas"] = await WaitUntilServedAsync(gateway, ct);
        });

        await steps.RunAsync("predict in-process", evidence =>
        {
            current = Transaction.Read(Path.Combine(data.FullName, "current_same.csv"));
            using var local = new InProcessModel(model.Onnx);
            expected = local.Predict(current);
            evidence["rows"] = current.Length;
            evidence["auc"] = RocAuc(current, expected);
            return Task.CompletedTask;
        });

        await steps.RunAsync("predict over REST", async evidence =>
        {
            var bodies = Array.ConvertAll(current, InferRequests.ToJson);
            var run = await LoadRun.RunAsync(current.Length, (row, token) => gateway.InferAsync(FraudModel.Name, bodies[row], token), ct);
            await ReportAsync(evidence, current, expected, run);
        });

        await steps.RunAsync("predict over gRPC", async evidence =>
        {
            using var channel = GrpcChannel.ForAddress(gatewayGrpc);
            var client = new GRPCInferenceService.GRPCInferenceServiceClient(channel);
            var headers = new Metadata { { "x-api-key", key } };
            var requests = Array.ConvertAll(current, InferRequests.ToProto);
            var run = await LoadRun.RunAsync(
                current.Length,
                async (row, token) => InferRequests.Probability(
                    await client.ModelInferAsync(requests[row], headers, (TimeProvider.System.GetUtcNow() + CallDeadline).UtcDateTime, token)),
                ct);
            await ReportAsync(evidence, current, expected, run);
        });

        return await steps.FinishAsync(ct);
    }

    private static async Task<int> WaitUntilServedAsync(GatewayClient gateway, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(ServedWithin);
        try
        {
            while (true)
            {
                if (await gateway.ReadyReplicasAsync(FraudModel.Name, limit.Token) is { } replicas)
                {
                    return replicas;
                }
                await Task.Delay(100, limit.Token);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new InvalidOperationException($"no replica serves the version after {ServedWithin.TotalSeconds:0} s");
        }
    }

    private static Task ReportAsync(IDictionary<string, object> evidence, Transaction[] rows, float[] expected, LoadRun run)
    {
        var auc = RocAuc(rows, run.Answers);
        var local = RocAuc(rows, expected);
        var difference = expected.Zip(run.Answers).Max(pair => Math.Abs(pair.First - pair.Second));
        evidence["auc"] = auc;
        evidence["largest_difference"] = difference;
        evidence["requests_per_second"] = Math.Round(run.RequestsPerSecond);
        evidence["p50_ms"] = Math.Round(run.P50Milliseconds, 2);
        evidence["p99_ms"] = Math.Round(run.P99Milliseconds, 2);
        return Require(
            Math.Abs(auc - local) <= Tolerance && difference <= Tolerance,
            $"answers differ from the same file run in-process: AUC {auc} against {local}, largest difference {difference}");
    }

    private static double RocAuc(Transaction[] rows, float[] probabilities) =>
        BinaryMetrics.RocAuc(Array.ConvertAll(rows, row => row.Label), Array.ConvertAll(probabilities, p => (double)p));

    private static Task Require(bool holds, string otherwise) => holds ? Task.CompletedTask : throw new InvalidOperationException(otherwise);
}
