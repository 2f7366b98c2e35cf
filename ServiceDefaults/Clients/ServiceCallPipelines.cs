using System.Collections.Concurrent;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace ModelOps.ServiceDefaults.Clients;

/// <summary>Retry, circuit breaker and per-try timeout, one set for each service that is called.</summary>
internal sealed class ServiceCallPipelines(IOptionsMonitor<ServiceClientOptions> options, TimeProvider time)
{
    /// <summary>Says in the context of a call that it may run twice.</summary>
    public static readonly ResiliencePropertyKey<bool> Idempotent = new("modelops.idempotent");

    private readonly ConcurrentDictionary<string, ResiliencePipeline> _pipelines = new(StringComparer.Ordinal);

    public ResiliencePipeline Get(string service) => _pipelines.GetOrAdd(service, name => Build(options.Get(name)));

    /// <summary>Whether the exception shows that the call never left: no connection could be made.</summary>
    public static bool NeverSent(Exception exception) =>
        exception is RpcException { StatusCode: StatusCode.Unavailable, Status.DebugException: { } cause }
        && cause is HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError,
        };

    private ResiliencePipeline Build(ServiceClientOptions settings)
    {
        var builder = new ResiliencePipelineBuilder { TimeProvider = time };
        if (settings.MaxRetries > 0)
        {
            builder.AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = settings.MaxRetries,
                Delay = settings.RetryDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is { } exception
                    && (NeverSent(exception) || (IsIdempotent(args.Context) && IsNoAnswer(exception)))),
            });
        }
        return builder
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                FailureRatio = 0.5,
                MinimumThroughput = 10,
                SamplingDuration = TimeSpan.FromSeconds(10),
                BreakDuration = settings.BreakDuration,
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is { } exception && IsNoAnswer(exception)),
            })
            .AddTimeout(new TimeoutStrategyOptions
            {
                TimeoutGenerator = args => ValueTask.FromResult(IsIdempotent(args.Context) ? settings.TryTimeout : Timeout.InfiniteTimeSpan),
            })
            .Build();
    }

    private static bool IsNoAnswer(Exception exception) =>
        exception is RpcException { StatusCode: StatusCode.Unavailable } or TimeoutRejectedException;

    private static bool IsIdempotent(ResilienceContext context) => context.Properties.TryGetValue(Idempotent, out var idempotent) && idempotent;
}
