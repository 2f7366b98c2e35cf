using System.Security.Cryptography;

namespace StackExchange.Redis;

/// <summary>Says when to try to connect again.</summary>
public interface IReconnectRetryPolicy
{
    /// <summary>Whether to try now.</summary>
    /// <param name="currentRetryCount">How often it was tried since there was a connection.</param>
    /// <param name="timeElapsedMillisecondsSinceLastRetry">How long ago the last attempt was.</param>
    bool ShouldRetry(long currentRetryCount, int timeElapsedMillisecondsSinceLastRetry);
}

/// <summary>Tries again after the same pause each time.</summary>
public class LinearRetry(int maxRetryElapsedTimeAllowedMilliseconds) : IReconnectRetryPolicy
{
    public bool ShouldRetry(long currentRetryCount, int timeElapsedMillisecondsSinceLastRetry) =>
        timeElapsedMillisecondsSinceLastRetry >= maxRetryElapsedTimeAllowedMilliseconds;
}

/// <summary>Tries again after pauses that grow and that differ from process to process.</summary>
public class ExponentialRetry : IReconnectRetryPolicy
{
    private const double Growth = 1.1;
    private readonly int _first;
    private readonly int _longest;

    public ExponentialRetry(int deltaBackOffMilliseconds)
        : this(deltaBackOffMilliseconds, Math.Max(deltaBackOffMilliseconds, (int)TimeSpan.FromSeconds(60).TotalMilliseconds))
    {
    }

    public ExponentialRetry(int deltaBackOffMilliseconds, int maxDeltaBackOffMilliseconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(deltaBackOffMilliseconds);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxDeltaBackOffMilliseconds, deltaBackOffMilliseconds);
        _first = deltaBackOffMilliseconds;
        _longest = maxDeltaBackOffMilliseconds;
    }

    public bool ShouldRetry(long currentRetryCount, int timeElapsedMillisecondsSinceLastRetry)
    {
        var longest = (int)Math.Min(_longest, _first * Math.Pow(Growth, currentRetryCount));
        return timeElapsedMillisecondsSinceLastRetry >= RandomNumberGenerator.GetInt32(_first, longest + 1);
    }
}
