using ModelOps.Gateway.Rollouts;

namespace ModelOps.Gateway.Tests.Rollouts;

/// <summary>Whole rollouts with drawn predictions, decided on after every twenty of them as a controller that looks all the time would.</summary>
public sealed class RolloutSimulationTests
{
    private const int Runs = 200;
    private const double Common = 0.13;
    private const double Rare = 0.013;
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly RolloutPolicy Policy = new() { StepSeconds = 60, MinimumPredictions = 1_000, MinimumLabels = 500 };

    [Theory, InlineData(Common), InlineData(Rare)]
    public void A_candidate_that_is_the_baseline_is_never_rolled_back(double positives) =>
        Assert.All(Enumerable.Range(1, Runs), seed =>
        {
            var (end, weight, labels) = Simulate(seed, positives, score => score);
            Assert.True(end is RolloutDecision.Promote, $"at {weight} % after {labels} labels: {end.Reason}");
        });

    [Theory, InlineData(Common), InlineData(Rare)]
    public void A_candidate_whose_scores_are_turned_over_is_always_rolled_back_at_the_first_step(double positives) =>
        Assert.All(Enumerable.Range(1, Runs), seed =>
        {
            var (end, weight, labels) = Simulate(seed, positives, score => 1 - score);
            Assert.True(end is RolloutDecision.RollBack { Breach: true }, end.Reason);
            Assert.Equal(10, weight);
            Assert.InRange(labels, RolloutRules.FewestLabels, 100);
        });

    private static (RolloutDecision End, double Weight, long Labels) Simulate(int seed, double positives, Func<double, double> candidateScore)
    {
        var random = new Random(seed);
        var (weight, now, stepTime) = (0.0, Start, Start);
        ArmStatistics? before = null;
        var (baseline, candidate) = (new Arm(1), new Arm(2));
        while (true)
        {
            var evidence = new RolloutEvidence(1, 1, 0, baseline.Statistics, candidate.Statistics, "");
            switch (RolloutRules.Decide(new(weight, stepTime, before), evidence, Policy, now))
            {
                case RolloutDecision.Hold:
                    break;
                case RolloutDecision.Advance advance:
                    (before, weight, stepTime) = (weight == 0 ? null : baseline.Statistics, advance.Weight, now);
                    (baseline, candidate) = (new Arm(1), new Arm(2));
                    break;
                case var end:
                    return (end, weight, candidate.Statistics.Labels);
            }

            now += TimeSpan.FromSeconds(1);
            for (var i = 0; i < 20; i++)
            {
                // A score leans to 0 and is right about how often the label is 1; one prediction in 500 fails.
                var score = 0.0005 + (7 * positives * Math.Pow(random.NextDouble(), 6));
                var (label, failed, latency) = (random.NextDouble() < score, random.NextDouble() < 0.002, 0.005 / (0.05 + random.NextDouble()));
                var tried = random.NextDouble() * 100 < weight;
                (tried ? candidate : baseline).Add(tried ? candidateScore(score) : score, label, failed, latency);
            }
        }
    }

    /// <summary>What Monitor would say, kept up as predictions come.</summary>
    private sealed class Arm(long version)
    {
        private readonly long[] _milliseconds = new long[1_000];
        private readonly Moments _logLoss = new();
        private readonly Moments _brier = new();
        private long _predictions;
        private long _errors;
        private long _positives;

        public ArmStatistics Statistics => new(
            version, _predictions, _errors, LatencyAt(0.5), LatencyAt(0.99), _brier.Count, _positives, _logLoss.Mean, _logLoss.Variance, _brier.Mean, _brier.Variance);

        public void Add(double score, bool label, bool failed, double latency)
        {
            _predictions++;
            _milliseconds[(int)(latency * 1_000)]++;
            if (failed)
            {
                _errors++;
                return;
            }
            var truth = label ? 1.0 : 0.0;
            _positives += label ? 1 : 0;
            _logLoss.Add(-Math.Log(Math.Clamp(label ? score : 1 - score, 1e-15, 1 - 1e-15)));
            _brier.Add((score - truth) * (score - truth));
        }

        private double LatencyAt(double share)
        {
            var left = (long)(share * _predictions);
            var bin = 0;
            while (bin < _milliseconds.Length - 1 && (left -= _milliseconds[bin]) > 0)
            {
                bin++;
            }
            return bin / 1_000.0;
        }
    }

    private sealed class Moments
    {
        private double _squares;

        public long Count { get; private set; }

        public double Mean { get; private set; }

        public double Variance => Count < 2 ? 0 : _squares / (Count - 1);

        public void Add(double value)
        {
            Count++;
            var before = value - Mean;
            Mean += before / Count;
            _squares += before * (value - Mean);
        }
    }
}
