namespace ModelOps.Statistics.Comparison;

/// <summary>The expansion of Pelz and Good (1976) of the Kolmogorov-Smirnov distribution for large sizes, to the order n^(-3/2).</summary>
internal static class PelzGood
{
    private const double Pi2 = Math.PI * Math.PI;
    private const double Pi4 = Pi2 * Pi2;
    private const double Pi6 = Pi4 * Pi2;
    private static readonly double RootTwoPi = Math.Sqrt(2 * Math.PI);

    public static double Cumulative(long n, double distance)
    {
        var z = Math.Sqrt(n) * distance;
        var q = Math.Exp(-Pi2 / 8 / (z * z));
        if (q == 0)
        {
            return 0;
        }

        var (k0, k1, k2, k3) = OddTerms(z, q);
        var (extra2, extra3) = AllTerms(z);
        var root = Math.Sqrt(n);
        return k0 + (k1 / root) + ((k2 + extra2) / n) + ((k3 + extra3) / (n * root));
    }

    private static (double K0, double K1, double K2, double K3) OddTerms(double z, double q)
    {
        double z2 = z * z, z4 = z2 * z2, z6 = z4 * z2, z8 = z4 * z4;
        double k0 = 0, k1 = 0, k2 = 0, k3 = 0;
        for (var k = (int)Math.Ceiling(16 * z / Math.PI); k > 0; k--)
        {
            double m2 = ((2 * k) - 1) * ((2 * k) - 1), m4 = m2 * m2, m6 = m4 * m2;
            // Horner's scheme in powers of q: the terms go with q^(m*m), and consecutive odd squares differ by 8k.
            var power = Math.Pow(q, 8 * k);
            k0 = (k0 * power) + 1;
            k1 = (k1 * power) - z2 + (Pi2 / 4 * m2);
            k2 = (k2 * power) + (6 * z6) + (2 * z4) + (((2 * z4) - (5 * z2)) * Pi2 / 4 * m2) + (Pi4 * (1 - (2 * z2)) / 16 * m4);
            k3 = (k3 * power) - (30 * z6) - (90 * z8) + (Pi2 * ((135 * z4) - (96 * z6)) / 4 * m2)
                + (Pi4 * ((-60 * z2) + (212 * z4)) / 16 * m4) + (Pi6 * (5 - (30 * z2)) / 64 * m6);
        }
        var scale = q * RootTwoPi;
        return (k0 * scale / z, k1 * scale / (6 * z4), k2 * scale / (72 * z6 * z), k3 * scale / (6480 * z8 * z2));
    }

    private static (double K2, double K3) AllTerms(double z)
    {
        var q = Math.Exp(-Pi2 / 2 / (z * z));
        double k2 = 0, k3 = 0;
        for (var k = (int)Math.Ceiling(16 * z / Math.PI); k > 0; k--)
        {
            var term = k * k * Math.Pow(q, (double)k * k);
            k2 += term;
            k3 += term * ((3 * z * z) - (Pi2 * k * k));
        }
        var scale = Pi2 * RootTwoPi;
        return (k2 * scale / (-36 * z * z * z), k3 * scale / (216 * Math.Pow(z, 6)));
    }
}
