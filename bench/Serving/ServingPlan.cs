using ModelOps.Bench.Measuring;

namespace ModelOps.Bench.Serving;

/// <summary>What was asked for.</summary>
/// <param name="Rounds">Rounds of each side that count, taken in turn after one that does not.</param>
/// <param name="Time">Length of a round that counts.</param>
/// <param name="WarmUp">Length of the one that does not: a slow machine compiles for as long as that.</param>
/// <param name="PredictionLog">Whether the replica logs predictions.</param>
/// <param name="Batching">Whether the version is asked that batches as it does by itself, or the one that never does.</param>
/// <param name="Output">Where figures go.</param>
internal sealed record ServingPlan(int Rounds, TimeSpan Time, TimeSpan WarmUp, bool PredictionLog, bool Batching, TextWriter Output)
{
    /// <summary>The version that cases ask which are not about batching.</summary>
    public long Version => Batching ? ServedVersion.Batched : ServedVersion.Unbatched;

    /// <summary>Settings that a row of results has to name.</summary>
    public string Settings =>
        $"direct, prediction log {(PredictionLog ? "on" : "off")}, batching {(Batching ? "on" : "off")}, load generator in this process on the same cores";

    /// <summary>Takes the rounds of all sides in turn: what disturbs the machine for a while then disturbs each of them.</summary>
    /// <returns>For each side its rounds.</returns>
    public async Task<Round[][]> TakeTurnsAsync(CancellationToken ct, params Func<TimeSpan, CancellationToken, Task<Round>>[] sides)
    {
        var rounds = new Round[sides.Length][];
        for (var side = 0; side < sides.Length; side++)
        {
            rounds[side] = new Round[Rounds];
            await sides[side](WarmUp, ct); // what is compiled or started late falls into this one
        }
        for (var round = 0; round < Rounds; round++)
        {
            for (var side = 0; side < sides.Length; side++)
            {
                rounds[side][round] = await sides[side](Time, ct);
            }
        }
        return rounds;
    }
}
