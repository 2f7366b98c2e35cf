using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ModelOps.ServiceDefaults.Tests.Hosting;

namespace ModelOps.ServiceDefaults.Tests.Health;

public sealed class HealthTests
{
    [Fact]
    public async Task A_failing_check_takes_readiness_but_not_life_and_tells_no_details()
    {
        await using var host = await StartAsync(HealthCheckResult.Unhealthy("password=hidden", new InvalidOperationException("at host 10.0.0.1")));
        var http = host.CreateHttp(bearer: null);

        var ready = await http.GetAsync("/health");
        var alive = await http.GetAsync("/alive");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        var body = await ready.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("Unhealthy", body.GetProperty("status").GetString());
        Assert.Equal("Unhealthy", body.GetProperty("checks").GetProperty("database").GetString());
        Assert.Equal("Healthy", body.GetProperty("checks").GetProperty("self").GetString());
        Assert.DoesNotContain("hidden", body.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("10.0.0.1", body.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HealthStatus.Healthy, HealthCheckResponse.Types.ServingStatus.Serving)]
    [InlineData(HealthStatus.Unhealthy, HealthCheckResponse.Types.ServingStatus.NotServing)]
    public async Task Grpc_callers_see_the_same_without_a_credential(HealthStatus status, HealthCheckResponse.Types.ServingStatus serving)
    {
        await using var host = await StartAsync(new(status));
        var client = new Grpc.Health.V1.Health.HealthClient(host.CreateChannel());

        var answer = await client.CheckAsync(new());

        Assert.Equal(serving, answer.Status);
    }

    [Fact]
    public async Task Reflection_wants_a_credential()
    {
        await using var host = await StartAsync(HealthCheckResult.Healthy());
        var channel = host.CreateChannel();
        var client = new Grpc.Reflection.V1Alpha.ServerReflection.ServerReflectionClient(channel);

        using var call = client.ServerReflectionInfo();
        var refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));

        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
    }

    [Fact]
    public async Task A_check_that_hangs_fails_in_bounded_time()
    {
        await using var host = await TestHost.StartAsync(builder =>
        {
            builder.Services.AddHealthChecks().AddAsyncCheck(
                "stuck",
                async ct =>
                {
                    await new TaskCompletionSource().Task.WaitAsync(ct);
                    return HealthCheckResult.Healthy();
                },
                timeout: TimeSpan.FromMilliseconds(200));
        });

        var ready = await host.CreateHttp(bearer: null).GetAsync("/health");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
    }

    private static Task<TestHost> StartAsync(HealthCheckResult database) =>
        TestHost.StartAsync(builder => builder.Services.AddHealthChecks().AddCheck("database", () => database));
}
