using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Profiling;

/// <summary>How a version is profiled.</summary>
/// <param name="Runs">Runs that are profiled, 1 to 1,000.</param>
/// <param name="Rows">Rows of each, 1 to 65,536; where the first dimension is open.</param>
internal sealed record ProfileRequest(int Runs, int Rows)
{
    private const int MostRuns = 1_000;
    private const int MostRows = 65_536;

    public Refusal? Check() =>
        Runs is < 1 or > MostRuns ? Refusal.Invalid("runs", $"must be from 1 to {MostRuns}")
        : Rows is < 1 or > MostRows ? Refusal.Invalid("rows", $"must be from 1 to {MostRows}")
        : null;
}
