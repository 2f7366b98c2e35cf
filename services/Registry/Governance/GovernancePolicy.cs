namespace ModelOps.Registry.Governance;

/// <summary>What a model's versions have to keep to.</summary>
/// <param name="MetricFloors">Metrics that have to be there and at least this high.</param>
/// <param name="MetricCeilings">Metrics that have to be there and at most this high.</param>
/// <param name="RequireReferenceProfile">Whether a version needs a reference profile.</param>
internal sealed record GovernancePolicy(
    IReadOnlyDictionary<string, double> MetricFloors, IReadOnlyDictionary<string, double> MetricCeilings, bool RequireReferenceProfile)
{
    /// <summary>What holds for a model without a policy of its own.</summary>
    public static GovernancePolicy Default { get; } = new(
        new Dictionary<string, double> { ["accuracy"] = 0.8, ["precision"] = 0.8, ["recall"] = 0.8, ["f1"] = 0.8 }, new Dictionary<string, double>(), false);
}

/// <summary>What the gates said about a version.</summary>
internal sealed record GovernanceReport(bool Passed, IReadOnlyList<GateResult> Gates)
{
    /// <summary>That of a version that is older than the gates.</summary>
    public static GovernanceReport None { get; } = new(false, []);

    /// <summary>Why it did not pass, gate by gate.</summary>
    public IReadOnlyList<string> Failures =>
        Passed ? [] : Gates.Count == 0 ? ["it was registered before there were gates"] : [.. Gates.Where(gate => !gate.Passed).Select(gate => $"{gate.Gate}: {gate.Detail}")];
}

/// <summary>What one gate said.</summary>
/// <param name="Gate">Its name.</param>
/// <param name="Passed">Its verdict.</param>
/// <param name="Detail">What was compared with what, one line.</param>
internal sealed record GateResult(string Gate, bool Passed, string Detail);
