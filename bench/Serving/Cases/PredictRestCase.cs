using ModelOps.Bench.Measuring;
using ModelOps.Bench.Serving.Peers;

namespace ModelOps.Bench.Serving.Cases;

/// <summary>JSON over REST from 64 callers, against what is usually put there instead, under the same load generator.</summary>
internal static class PredictRestCase
{
    private const int Callers = 64;
    private const double FastApiTarget = 7;
    private const double FastApiTailTarget = 5;
    private const double FastifyTarget = 1;

    public static ServingCase Case { get; } = new("predict-rest", RunAsync);

    private static async Task<bool> RunAsync(ServingPlan plan, Replicas replicas, CancellationToken ct)
    {
        var replica = await replicas.SharedAsync(ct);
        using var wrk = Wrk.Prepare(ServedModel.Ensemble.Rows, replica.Key, Callers);
        await using var fastApi = await RestPeer.FastApiAsync(ct);
        await using var fastify = await RestPeer.FastifyAsync(ct);
        var predict = new Uri(replica.Http, "/predict");
        await SameAnswersAsync(predict, replica.Key, fastApi, fastify, ct);
        var rounds = await plan.TakeTurnsAsync(
            ct,
            (time, token) => wrk.RunAsync(fastApi.Predict, time, fastApi.UsageAsync, token),
            (time, token) => wrk.RunAsync(fastify.Predict, time, fastify.UsageAsync, token),
            (time, token) => wrk.RunAsync(predict, time, replica.UsageAsync, token));

        plan.Output.Title("predict-rest", $"REST /predict, concurrency {Callers}, tree ensemble, rotating rows; wrk with one thread on the same cores; direct, prediction log {(plan.PredictionLog ? "on" : "off")}");
        plan.Output.Side("FastAPI + scikit-learn, async, 2 workers", rounds[0]);
        plan.Output.Side("Fastify + onnxruntime-node, micro-batcher", rounds[1]);
        plan.Output.Side("served", rounds[2]);
        var tail = Round.Median(rounds[0]).P99 / Round.Median(rounds[2]).P99;
        return plan.Output.Ratio("served to FastAPI", rounds[2], rounds[0], FastApiTarget)
            & plan.Output.Verdict(tail >= FastApiTailTarget, $"FastAPI's p99 to the service's: **{tail:0.0}**, at least {FastApiTailTarget:0} wanted")
            & plan.Output.Ratio("served to Fastify", rounds[2], rounds[1], FastifyTarget);
    }

    /// <summary>All three must be asked the same and say the same.</summary>
    private static async Task SameAnswersAsync(Uri predict, string key, RestPeer fastApi, RestPeer fastify, CancellationToken ct)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        foreach (var row in ServedModel.Ensemble.Rows)
        {
            var mine = await ProbabilityAsync(http, predict, row, ct);
            foreach (var peer in (RestPeer[])[fastApi, fastify])
            {
                var theirs = await ProbabilityAsync(http, peer.Predict, row, ct);
                if (Math.Abs(mine - theirs) > 1e-4)
                {
                    throw new InvalidDataException($"{peer.Predict} says {theirs} where the service says {mine}");
                }
            }
        }
    }

    /// <summary>Of the second class; the service tells those of all classes.</summary>
    private static async Task<double> ProbabilityAsync(HttpClient http, Uri address, float[] row, CancellationToken ct)
    {
        using var content = new StringContent(Wrk.Body(row), new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
        using var response = await http.PostAsync(address, content, ct);
        response.EnsureSuccessStatusCode();
        var answer = await response.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>(ct);
        return answer.TryGetProperty("probabilities", out var all) ? all[1].GetDouble() : answer.GetProperty("probability").GetDouble();
    }
}
