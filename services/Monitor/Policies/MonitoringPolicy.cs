using Wire = ModelOps.Contracts.Monitor.V1;

namespace ModelOps.Monitor.Policies;

/// <summary>How a model is watched; meaning and defaults as in monitor.proto.</summary>
internal sealed record MonitoringPolicy
{
    public static MonitoringPolicy Default { get; } = new();

    public long WindowRows { get; init; } = 100_000;

    public double WindowSeconds { get; init; } = 3_600;

    public double WindowIdleSeconds { get; init; }

    public long MinimumRows { get; init; } = 500;

    public double DriftedShare { get; init; } = 0.5;

    /// <summary>The policy of a message, with the defaults where it says 0.</summary>
    public static MonitoringPolicy Of(Wire.MonitoringPolicy said) => new()
    {
        WindowRows = said.WindowRows == 0 ? Default.WindowRows : said.WindowRows,
        WindowSeconds = said.WindowSeconds == 0 ? Default.WindowSeconds : said.WindowSeconds,
        WindowIdleSeconds = said.WindowIdleSeconds,
        MinimumRows = said.MinimumRows == 0 ? Default.MinimumRows : said.MinimumRows,
        DriftedShare = said.DriftedShare == 0 ? Default.DriftedShare : said.DriftedShare,
    };

    public Wire.MonitoringPolicy ToWire(string workspace, string model) => new()
    {
        Workspace = workspace,
        Model = model,
        WindowRows = WindowRows,
        WindowSeconds = WindowSeconds,
        WindowIdleSeconds = WindowIdleSeconds,
        MinimumRows = MinimumRows,
        DriftedShare = DriftedShare,
    };
}
