namespace ModelOps.Bench.Serving;

/// <summary>Rows of standard normal numbers, the same in every run.</summary>
internal static class SeededRows
{
    private const int Rotating = 64;

    public static float[][] Of(int width)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, Rotating).Select(_ => Normals(random, width, 1))];
    }

    /// <summary>Box-Muller, times a scale.</summary>
    public static float[] Normals(Random random, int count, double scale)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = (float)(scale * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        }
        return values;
    }
}
