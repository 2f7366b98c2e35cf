using MathNet.Numerics;

namespace ModelOps.Statistics.Comparison;

/// <summary>The exact distribution of the Kolmogorov-Smirnov distance as one element of a matrix power (Durbin; Marsaglia, Tsang and Wang).</summary>
internal static class MatrixProduct
{
    private const double Huge = 1e140;
    private const int HugeExponent = 140;

    public static double Cumulative(int n, double distance)
    {
        var k = (int)Math.Ceiling(n * distance);
        var size = (2 * k) - 1;
        var (power, exponent) = Power(Durbin(size, k - (n * distance)), size, n);
        // n!/n^n, multiplied in step by step so that nothing underflows.
        var result = power[((k - 1) * size) + k - 1];
        for (var i = 1; i <= n; i++)
        {
            result = result * i / n;
            if (result < 1 / Huge)
            {
                result *= Huge;
                exponent -= HugeExponent;
            }
        }
        return result * Math.Pow(10, exponent);
    }

    private static double[] Durbin(int size, double h)
    {
        var matrix = new double[size * size];
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j <= Math.Min(i + 1, size - 1); j++)
            {
                matrix[(i * size) + j] = 1;
            }
        }
        for (var i = 0; i < size; i++)
        {
            matrix[i * size] -= Math.Pow(h, i + 1);
            matrix[((size - 1) * size) + i] -= Math.Pow(h, size - i);
        }
        matrix[(size - 1) * size] += (2 * h) - 1 > 0 ? Math.Pow((2 * h) - 1, size) : 0;
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                matrix[(i * size) + j] /= SpecialFunctions.Gamma(i - j + 2);
            }
        }
        return matrix;
    }

    private static (double[] Matrix, int Exponent) Power(double[] matrix, int size, int n)
    {
        if (n == 1)
        {
            return (matrix, 0);
        }
        var (half, exponent) = Power(matrix, size, n / 2);
        var squared = Multiply(half, half, size);
        exponent *= 2;
        if (n % 2 == 1)
        {
            squared = Multiply(matrix, squared, size);
        }
        if (squared[((size / 2) * size) + (size / 2)] > Huge)
        {
            squared = Array.ConvertAll(squared, value => value / Huge);
            exponent += HugeExponent;
        }
        return (squared, exponent);
    }

    private static double[] Multiply(double[] a, double[] b, int size)
    {
        var product = new double[size * size];
        for (var i = 0; i < size; i++)
        {
            for (var k = 0; k < size; k++)
            {
                var factor = a[(i * size) + k];
                for (var j = 0; j < size; j++)
                {
                    product[(i * size) + j] += factor * b[(k * size) + j];
                }
            }
        }
        return product;
    }
}
