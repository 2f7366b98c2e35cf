using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace ModelOps.ServiceDefaults.Clients;

/// <summary>The resilience of HTTP requests: one set of pipelines for each server that is called.</summary>
internal sealed class HttpPipelines(IOptions<HttpResilienceOptions> options, TimeProvider time)
{
    /// <summary>Servers beyond this many share one circuit; a program that calls more is a crawler, not a service.</summary>
    private const int MaxServers = 256;

    private readonly ConcurrentDictionary<string, Pair> _pipelines = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>For GET and HEAD everything; for the rest the circuit breaker alone, as they may neither run twice nor hurry.</summary>
    public ResiliencePipeline<HttpResponseMessage> Get(HttpRequestMessage request)
    {
        var server = request.RequestUri?.Authority ?? "";
        var pair = _pipelines.Count < MaxServers || _pipelines.ContainsKey(server)
            ? _pipelines.GetOrAdd(server, _ => Build())
            : _pipelines.GetOrAdd("", _ => Build());
        return request.Method == HttpMethod.Get || request.Method == HttpMethod.Head ? pair.Safe : pair.Unsafe;
    }

    private Pair Build()
    {
        var settings = options.Value;
        var breaker = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<HttpResponseMessage>
            {
                FailureRatio = 0.5,
                MinimumThroughput = 10,
                SamplingDuration = TimeSpan.FromSeconds(10),
                BreakDuration = settings.BreakDuration,
                ShouldHandle = args => ValueTask.FromResult(IsNoAnswer(args.Outcome)),
            })
            .Build();
        var safe = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }
            .AddTimeout(settings.TotalTimeout)
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = settings.MaxRetries,
                Delay = settings.RetryDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = args => ValueTask.FromResult(IsNoAnswer(args.Outcome)),
                DelayGenerator = args => ValueTask.FromResult(RetryAfter(args.Outcome.Result)),
                OnRetry = args =>
                {
                    args.Outcome.Result?.Dispose();
                    return default;
                },
            })
            .AddPipeline(breaker)
            .AddTimeout(settings.TryTimeout)
            .Build();
        return new(safe, breaker);
    }

    private static bool IsNoAnswer(Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        { Exception: HttpRequestException or TimeoutRejectedException } => true,
        { Result.StatusCode: HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests } => true,
        { Result.StatusCode: HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout } => true,
        _ => false,
    };

    /// <summary>What the server asks for; the total timeout bounds it.</summary>
    private TimeSpan? RetryAfter(HttpResponseMessage? response) => response?.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > time.GetUtcNow() => date - time.GetUtcNow(),
        _ => null,
    };

    private sealed record Pair(ResiliencePipeline<HttpResponseMessage> Safe, ResiliencePipeline<HttpResponseMessage> Unsafe);
}
