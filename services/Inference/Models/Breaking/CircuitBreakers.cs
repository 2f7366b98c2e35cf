using Microsoft.Extensions.Options;

namespace ModelOps.Inference.Models.Breaking;

/// <summary>Makes the breakers of versions, and says when one opens or closes.</summary>
internal sealed class CircuitBreakers(IOptions<BreakerOptions> options, TimeProvider clock, ILogger<CircuitBreaker> logger)
{
    public CircuitBreaker For(VersionKey version) => new(version, options.Value, clock)
    {
        Changed = outage =>
        {
            if (outage is null)
            {
                Log.Closed(logger, version);
            }
            else
            {
                Log.Opened(logger, version, outage.Until, outage.Reason);
            }
        },
    };
}
