namespace ModelOps.Explanations.Trees;

/// <summary>
/// The features on the way to a leaf. For each: the share of rows that its splits let through when it is not known, and whether
/// they let the row through when it is. Lundberg's tree SHAP: the leaf is a product of these, and products have Shapley values
/// that take a polynomial instead of all subsets.
/// </summary>
internal sealed class ShapPath
{
    private readonly int[] _positions;
    private readonly int[] _features;
    private readonly double[] _shares;
    private readonly bool[] _passes;
    private readonly double[] _weights;

    /// <param name="features">Number of features of the model.</param>
    /// <param name="depth">Most features on one way.</param>
    public ShapPath(int features, int depth)
    {
        _positions = new int[features];
        Array.Fill(_positions, -1);
        (_features, _shares, _passes, _weights) = (new int[depth], new double[depth], new bool[depth], new double[depth + 1]);
    }

    public int Length { get; private set; }

    /// <summary>Goes through a split.</summary>
    /// <returns>What <see cref="Leave"/> takes to go back.</returns>
    public (int Position, double Share, bool Passes) Enter(int feature, double share, bool passes)
    {
        var position = _positions[feature];
        if (position < 0)
        {
            position = Length++;
            (_positions[feature], _features[position], _shares[position], _passes[position]) = (position, feature, share, passes);
            return (-1, 0, false);
        }
        var before = (position, _shares[position], _passes[position]);
        _shares[position] *= share;
        _passes[position] &= passes;
        return before;
    }

    public void Leave((int Position, double Share, bool Passes) before)
    {
        if (before.Position < 0)
        {
            _positions[_features[--Length]] = -1;
            return;
        }
        (_shares[before.Position], _passes[before.Position]) = (before.Share, before.Passes);
    }

    /// <summary>True when the feature lets nothing through, known or not: nothing behind it adds to any value.</summary>
    public bool IsClosed(int feature) => _positions[feature] is var position && _shares[position] == 0 && !_passes[position];

    /// <summary>Adds what a leaf at the end of the way gives to each feature on it.</summary>
    public void AddTo(Span<double> contributions, double weight)
    {
        FillWeights();
        for (var i = 0; i < Length; i++)
        {
            var one = _passes[i] ? 1.0 : 0.0;
            contributions[_features[i]] += weight * (one - _shares[i]) * SumWithout(i);
        }
    }

    /// <summary>_weights[k]: products over the subsets of k features, weighted as Shapley does.</summary>
    private void FillWeights()
    {
        _weights[0] = 1;
        for (var length = 1; length <= Length; length++)
        {
            var (share, one) = (_shares[length - 1], _passes[length - 1] ? 1.0 : 0.0);
            _weights[length] = 0;
            for (var k = length - 1; k >= 0; k--)
            {
                _weights[k + 1] += one * _weights[k] * (k + 1) / (length + 1);
                _weights[k] = share * _weights[k] * (length - k) / (length + 1);
            }
        }
    }

    /// <summary>The weighted sum over all subsets of the other features.</summary>
    private double SumWithout(int feature)
    {
        var share = _shares[feature];
        double sum = 0;
        if (!_passes[feature])
        {
            for (var k = Length - 1; k >= 0; k--)
            {
                sum += _weights[k] / share * (Length + 1) / (Length - k);
            }
            return sum;
        }
        var carried = _weights[Length];
        for (var k = Length - 1; k >= 0; k--)
        {
            var without = carried * (Length + 1) / (k + 1);
            sum += without;
            carried = _weights[k] - (without * share * (Length - k) / (Length + 1));
        }
        return sum;
    }
}
