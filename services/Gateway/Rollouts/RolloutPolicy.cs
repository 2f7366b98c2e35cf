using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Gateway.Rollouts;

/// <summary>How a model's rollouts go; the contract says what each value means.</summary>
internal sealed record RolloutPolicy
{
    private const int MaxSteps = 100;
    private const long MaxCount = 1_000_000_000;
    private const double MaxSeconds = 30 * 86_400;

    /// <summary>What holds for a model whose policy nobody set.</summary>
    public static RolloutPolicy Default { get; } = new();

    public bool Automatic { get; init; }

    public IReadOnlyList<double> Steps { get; init; } = [10, 25, 50, 75, 100];

    public double StepSeconds { get; init; } = 300;

    public long MinimumPredictions { get; init; } = 1_000;

    public long MinimumLabels { get; init; } = 500;

    public double MaximumErrorRate { get; init; } = 0.01;

    public double MaximumLatencyP99Seconds { get; init; } = 0.1;

    public double LogLossMargin { get; init; } = 0.01;

    public double BrierMargin { get; init; } = 0.005;

    public double TimeoutSeconds { get; init; } = 86_400;

    /// <summary>The policy with the default in place of everything that was left at zero.</summary>
    public RolloutPolicy WithDefaults() => this with
    {
        Steps = Steps.Count == 0 ? Default.Steps : Steps,
        StepSeconds = Or(StepSeconds, Default.StepSeconds),
        MinimumPredictions = MinimumPredictions == 0 ? Default.MinimumPredictions : MinimumPredictions,
        MinimumLabels = MinimumLabels == 0 ? Default.MinimumLabels : MinimumLabels,
        MaximumErrorRate = Or(MaximumErrorRate, Default.MaximumErrorRate),
        MaximumLatencyP99Seconds = Or(MaximumLatencyP99Seconds, Default.MaximumLatencyP99Seconds),
        LogLossMargin = Or(LogLossMargin, Default.LogLossMargin),
        BrierMargin = Or(BrierMargin, Default.BrierMargin),
        TimeoutSeconds = Or(TimeoutSeconds, Default.TimeoutSeconds),
    };

    /// <summary>The first value that breaks its rule.</summary>
    public Refusal? FindProblem() =>
        FindProblemOfSteps()
        ?? Between("step_seconds", StepSeconds, MaxSeconds)
        ?? Between("minimum_predictions", MinimumPredictions, MaxCount)
        ?? Between("minimum_labels", MinimumLabels, MaxCount)
        ?? Between("maximum_error_rate", MaximumErrorRate, 1)
        ?? Between("maximum_latency_p99_seconds", MaximumLatencyP99Seconds, 3_600)
        ?? Between("log_loss_margin", LogLossMargin, 100)
        ?? Between("brier_margin", BrierMargin, 1)
        ?? Between("timeout_seconds", TimeoutSeconds, MaxSeconds)
        ?? (TimeoutSeconds > StepSeconds ? null : Refusal.Invalid("timeout_seconds", "must be longer than step_seconds"));

    private Refusal? FindProblemOfSteps()
    {
        if (Steps.Count is 0 or > MaxSteps)
        {
            return Refusal.Invalid("steps", $"must be at most {MaxSteps}");
        }
        for (var i = 0; i < Steps.Count; i++)
        {
            if (!(Steps[i] > (i == 0 ? 0 : Steps[i - 1]) && Steps[i] <= 100))
            {
                return Refusal.Invalid("steps", "must be above 0, rise, and be at most 100");
            }
        }
        return Steps[^1] == 100 ? null : Refusal.Invalid("steps", "must end with 100");
    }

    // Written so that what is not a number breaks the rule.
    private static Refusal? Between(string field, double value, double max) =>
        value > 0 && value <= max ? null : Refusal.Invalid(field, $"must be above 0 and at most {max:0.###}");

    private static double Or(double value, double other) => value == 0 ? other : value;
}
