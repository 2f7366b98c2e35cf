using System.Text.Json;
using ModelOps.Statistics.Comparison;

namespace ModelOps.Samples.Fraud.Steps;

/// <summary>A rollout watched from outside: traffic flows until it is over.</summary>
/// <param name="Rollout">The rollout at its end.</param>
/// <param name="Answers">What was answered while it lasted.</param>
public sealed record Canary(JsonElement Rollout, IReadOnlyList<Answer> Answers)
{
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EndsWithin = TimeSpan.FromMinutes(2);

    /// <summary>A change of weight reaches every gateway within this time; what was sent in it is not counted.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(750);

    /// <summary>How it ended: promoted, rolled_back or aborted.</summary>
    public string State => Rollout.GetProperty("state").GetString()!;

    /// <summary>The last decision and why.</summary>
    public string Reason => Rollout.GetProperty("reason").GetString()!;

    /// <summary>Waits until a version's rollout has begun by itself, then recycles rows until it is over.</summary>
    public static async Task<Canary> WatchAsync(JobContext job, string phase, long version, IReadOnlyList<Transaction> rows, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(job);
        await Wait.ForAsync<bool>($"the rollout of version {version} begins", StartsWithin, async token =>
            await job.Gateway.FindRolloutAsync(job.Model, version, token) is not null ? true : null, ct);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var traffic = job.Traffic.RecycleAsync(phase, rows, stop.Token, ct);
        try
        {
            var rollout = await Wait.ForAsync<JsonElement>($"the end of the rollout of version {version}", EndsWithin, async token =>
            {
                var now = await job.Gateway.FindRolloutAsync(job.Model, version, token);
                return now!.Value.GetProperty("state").GetString() is "loading" or "progressing" ? null : now;
            }, ct);
            await stop.CancelAsync();
            return new Canary(rollout, await traffic);
        }
        finally
        {
            await stop.CancelAsync();
            await traffic;
        }
    }

    /// <summary>
    /// Compares, for each weight, the share of distinct keys the candidate answered with what a binomial count allows. A key is
    /// on the candidate or not by its hash, so each counts once.
    /// </summary>
    /// <returns>One entry a step, for example `10% 142/1441`.</returns>
    /// <exception cref="InvalidOperationException">A share lies outside the interval that holds 99.9 % of the counts.</exception>
    public IReadOnlyList<string> CheckShares()
    {
        var candidate = Rollout.GetProperty("candidate_version").GetInt64();
        var steps = Rollout.GetProperty("steps").EnumerateArray()
            .Select(step => (Weight: step.GetProperty("weight").GetDouble(), Time: step.GetProperty("time").GetDateTimeOffset())).ToArray();
        var shares = new List<string>();
        for (var i = 0; i < steps.Length - 1; i++)
        {
            var during = Answers
                .Where(answer => answer.SentAt > steps[i].Time + Settle && answer.SentAt.AddMilliseconds(answer.Milliseconds) < steps[i + 1].Time)
                .DistinctBy(answer => answer.Id).ToArray();
            var onCandidate = during.Count(answer => answer.Version == candidate);
            shares.Add($"{steps[i].Weight:0.#}% {onCandidate}/{during.Length}");
            var interval = BinomialInterval.Exact(onCandidate, during.Length, confidence: 0.999);
            JobContext.Require(
                interval.Low <= steps[i].Weight / 100 && steps[i].Weight / 100 <= interval.High,
                $"{onCandidate} of {during.Length} keys on the candidate: the 99.9 % interval [{interval.Low}, {interval.High}] does not hold {steps[i].Weight} %");
        }
        return shares;
    }
}
