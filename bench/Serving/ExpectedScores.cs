namespace ModelOps.Bench.Serving;

/// <summary>What a direct run of every rotating input gives, to hold answers against.</summary>
/// <param name="runs">Direct runs of the same inputs.</param>
/// <param name="inputs">How many there are.</param>
/// <param name="tolerance">A batch adds its numbers in another order than a row does, and a GPU in yet another.</param>
internal sealed class ExpectedScores(DirectRuns runs, int inputs, float tolerance = 1e-3f)
{
    private readonly float[][] _expected = [.. Enumerable.Range(0, inputs).Select(runs.Scores)];

    /// <summary>Fails when an answer is not that of the input that was sent.</summary>
    public void Check(int input, ReadOnlySpan<byte> frame)
    {
        var (scores, expected) = (InferFrames.Scores(frame), _expected[input]);
        if (scores.Length != expected.Length)
        {
            throw new InvalidDataException($"{scores.Length} numbers came back instead of {expected.Length}");
        }
        for (var i = 0; i < scores.Length; i++)
        {
            if (!(Math.Abs(scores[i] - expected[i]) <= tolerance * (1 + Math.Abs(expected[i]))))
            {
                throw new InvalidDataException($"number {i} of the answer to input {input} is {scores[i]} instead of {expected[i]}");
            }
        }
    }
}
