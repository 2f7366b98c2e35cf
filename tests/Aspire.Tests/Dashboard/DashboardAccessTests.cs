using System.Net;

namespace ModelOps.Aspire.Tests.Dashboard;

public sealed class DashboardAccessTests
{
    [Fact]
    public async Task The_page_opens_only_through_the_link_and_only_for_itself()
    {
        await using var app = await DashboardApplication.StartAsync();
        using var stranger = new HttpClient { BaseAddress = app.Root };
        using var guest = new HttpClient { BaseAddress = app.Root };

        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/api/resources")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/login?t=wrong")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.SendAsync(Command())).StatusCode);

        using var login = await guest.GetAsync(app.Login);
        Assert.Equal(HttpStatusCode.OK, login.StatusCode);
        var cookie = Assert.Single(login.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.OK, (await guest.GetAsync("/")).StatusCode);

        Assert.Equal(HttpStatusCode.Forbidden, (await guest.SendAsync(Command(header: null))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await guest.SendAsync(Command(origin: "http://evil.example"))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await guest.SendAsync(With(new(HttpMethod.Get, "/"), "Host", "evil.example"))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await guest.SendAsync(Command(command: "format"))).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await guest.SendAsync(Command(command: "stop"))).StatusCode);
        await app.App.ReachesAsync("talker", "Exited");
    }

    [Fact]
    public async Task A_secret_never_leaves_the_application()
    {
        await using var app = await DashboardApplication.StartAsync();
        using var guest = new HttpClient { BaseAddress = app.Root };
        await guest.GetAsync(app.Login);

        using var stream = await guest.GetAsync("/api/resources", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync());
        string? line;
        do
        {
            line = await reader.ReadLineAsync().WaitAsync(TestApplication.Limit);
        }
        while (line?.Contains("PLAIN", StringComparison.Ordinal) == false);

        Assert.Contains("visible", line, StringComparison.Ordinal);
        Assert.Contains("{\"name\":\"HEADER\",\"value\":null}", line, StringComparison.Ordinal);
        Assert.Contains("{\"name\":\"API_KEY\",\"value\":null}", line, StringComparison.Ordinal);
        Assert.DoesNotContain(DashboardApplication.Secret, line, StringComparison.Ordinal);
    }

    private static HttpRequestMessage Command(string command = "restart", string? header = "X-Dashboard-Command", string? origin = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/resources/talker/{command}");
        request = header is null ? request : With(request, header, "1");
        return origin is null ? request : With(request, "Origin", origin);
    }

    private static HttpRequestMessage With(HttpRequestMessage request, string name, string value)
    {
        request.Headers.Add(name, value);
        return request;
    }
}
