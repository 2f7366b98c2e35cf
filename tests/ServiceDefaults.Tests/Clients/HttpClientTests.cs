using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ModelOps.ServiceDefaults.Tests.Hosting;

namespace ModelOps.ServiceDefaults.Tests.Clients;

public sealed class HttpClientTests
{
    private int _calls;

    [Fact]
    public async Task A_service_is_found_by_its_name_and_asked_again_when_it_is_not_ready()
    {
        await using var target = await TargetAsync(failures: 2);
        await using var caller = await CallerAsync(target);

        var answer = await Client(caller).GetAsync("http://target/flaky");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(3, _calls);
    }

    [Fact]
    public async Task A_post_is_sent_once()
    {
        await using var target = await TargetAsync(failures: 2);
        await using var caller = await CallerAsync(target);

        var answer = await Client(caller).PostAsync("http://target/flaky", null);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(1, _calls);
    }

    [Fact]
    public async Task Retries_are_bounded()
    {
        await using var target = await TargetAsync(failures: int.MaxValue);
        await using var caller = await CallerAsync(target);

        var answer = await Client(caller).GetAsync("http://target/flaky");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(4, _calls);
    }

    [Fact]
    public async Task A_host_that_is_no_service_is_left_as_it_is()
    {
        await using var target = await TargetAsync(failures: 0);
        await using var caller = await CallerAsync(target);

        var answer = await Client(caller).GetAsync(new Uri(target.Http, "/flaky"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static HttpClient Client(TestHost caller) => caller.Services.GetRequiredService<IHttpClientFactory>().CreateClient();

    private static Task<TestHost> CallerAsync(TestHost target) => TestHost.StartAsync(settings: new()
    {
        ["services:target:http:0"] = target.Http.ToString(),
        ["HttpClients:RetryDelay"] = "00:00:00.010",
    });

    private Task<TestHost> TargetAsync(int failures) => TestHost.StartAsync(map: app =>
        app.MapMethods("/flaky", ["GET", "POST"], IResult () =>
            Interlocked.Increment(ref _calls) <= failures ? TypedResults.StatusCode(503) : TypedResults.Ok("fine")).AllowAnonymous());
}
