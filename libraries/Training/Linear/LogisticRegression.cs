using MathNet.Numerics.LinearAlgebra;
using ModelOps.Training.Data;

namespace ModelOps.Training.Linear;

/// <summary>
/// Logistic regression with an L2 penalty, fitted by Newton's method with step halving. The objective is strictly convex, so the
/// optimum does not depend on where the search starts, and equal tables give equal models bit by bit.
/// </summary>
public static class LogisticRegression
{
    private const int MaxHalvings = 40;

    /// <summary>Fits a model.</summary>
    /// <param name="table">Rows of both classes, without missing numbers.</param>
    /// <param name="options">How to fit.</param>
    /// <param name="ct">Ends the fit between steps.</param>
    /// <exception cref="ArgumentException">A value is missing (the message names column and row), or all labels are equal.</exception>
    /// <exception cref="InvalidOperationException">The gradient did not vanish within the allowed steps.</exception>
    public static LogisticModel Train(TrainingTable table, LogisticOptions options, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.L2);
        table.RefuseOneClass();

        Standardization?[] standardizations =
            [.. table.Columns.Select((column, i) => column is NumericColumn ? Standardization.Of(table, i) : (Standardization?)null)];
        var design = DesignMatrix.Of(table, table.Columns, standardizations);
        var weights = Fit(design, [.. table.Labels], options, ct);
        return new LogisticModel(table.Columns, standardizations, weights[..^1], weights[^1], design.Means()[..^1]);
    }

    private static double[] Fit(DesignMatrix design, int[] labels, LogisticOptions options, CancellationToken ct)
    {
        var weights = new double[design.Width];
        var objective = Objective(design, labels, weights, options.L2);
        for (var iteration = 0; iteration < options.MaxIterations; iteration++)
        {
            ct.ThrowIfCancellationRequested();
            var (gradient, hessian) = Derivatives(design, labels, weights, options.L2);
            if (gradient.AbsoluteMaximum() <= options.GradientTolerance * design.Rows)
            {
                return weights;
            }

            var step = hessian.Cholesky().Solve(gradient);
            (weights, objective) = Descend(design, labels, weights, objective, step, options.L2);
        }
        throw new InvalidOperationException($"logistic regression did not converge within {options.MaxIterations} steps");
    }

    /// <summary>Takes the Newton step, halved until the objective does not grow.</summary>
    private static (double[] Weights, double Objective) Descend(
        DesignMatrix design, int[] labels, double[] weights, double objective, Vector<double> step, double l2)
    {
        var fraction = 1.0;
        for (var halving = 0; halving < MaxHalvings; halving++, fraction /= 2)
        {
            var candidate = new double[weights.Length];
            for (var i = 0; i < candidate.Length; i++)
            {
                candidate[i] = weights[i] - (fraction * step[i]);
            }
            var value = Objective(design, labels, candidate, l2);
            // At the optimum rounding makes equal objectives differ in the last digits.
            if (value <= objective + (1e-12 * Math.Abs(objective)))
            {
                return (candidate, value);
            }
        }
        throw new InvalidOperationException("logistic regression found no step that improves the fit");
    }

    private static double Objective(DesignMatrix design, int[] labels, double[] weights, double l2)
    {
        double sum = 0;
        for (var row = 0; row < design.Rows; row++)
        {
            var score = Logistic.Dot(design.Row(row), weights);
            sum += Logistic.Loss(labels[row] == 1 ? score : -score);
        }
        double squares = 0;
        for (var i = 0; i < weights.Length - 1; i++)
        {
            squares += weights[i] * weights[i];
        }
        return sum + (l2 / 2 * squares);
    }

    private static (Vector<double> Gradient, Matrix<double> Hessian) Derivatives(DesignMatrix design, int[] labels, double[] weights, double l2)
    {
        var width = design.Width;
        var gradient = new double[width];
        var hessian = new double[width * width];
        for (var row = 0; row < design.Rows; row++)
        {
            var x = design.Row(row);
            var probability = Logistic.Sigmoid(Logistic.Dot(x, weights));
            var error = probability - labels[row];
            var curvature = probability * (1 - probability);
            for (var i = 0; i < width; i++)
            {
                gradient[i] += error * x[i];
                var scaled = curvature * x[i];
                for (var j = 0; j <= i; j++)
                {
                    hessian[(i * width) + j] += scaled * x[j];
                }
            }
        }
        for (var i = 0; i < width; i++)
        {
            for (var j = 0; j < i; j++)
            {
                hessian[(j * width) + i] = hessian[(i * width) + j];
            }
            if (i < width - 1)
            {
                gradient[i] += l2 * weights[i];
                hessian[(i * width) + i] += l2;
            }
        }
        return (Vector<double>.Build.Dense(gradient), Matrix<double>.Build.Dense(width, width, hessian));
    }
}
