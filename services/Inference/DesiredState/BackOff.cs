using Microsoft.Extensions.Options;

namespace ModelOps.Inference.DesiredState;

/// <summary>Waits that double from try to try, each shortened by chance so that replicas do not come back all at once.</summary>
internal sealed class BackOff(IOptions<DesiredStateOptions> options, TimeProvider clock, Random random)
{
    public Task WaitAsync(int failures, CancellationToken ct) => Task.Delay(After(failures), clock, ct);

    /// <summary>Between half and all of the doubled wait.</summary>
    public TimeSpan After(int failures)
    {
        var doubled = options.Value.MinBackOff * Math.Pow(2, Math.Min(failures, 30));
        var longest = doubled < options.Value.MaxBackOff ? doubled : options.Value.MaxBackOff;
        lock (random)
        {
            return longest * (0.5 + (0.5 * random.NextDouble()));
        }
    }
}
