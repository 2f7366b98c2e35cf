using System.Net;
using System.Net.Http.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using ModelOps.Testing;

namespace ModelOps.Aspire.Tests.Orchestration;

/// <summary>Applications of projects, and an application with a program of its own.</summary>
public sealed class ProjectTests
{
    private static readonly string Echo = Path.Combine(Path.GetDirectoryName(Projects.ModelOps_TestApps_Host.ProjectPath)!, "Echo", "ModelOps.TestApps.Echo.csproj");

    [Fact]
    public async Task An_application_runs_its_own_program_under_test()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.ModelOps_TestApps_Host>();
        builder.CreateResourceBuilder((ProjectResource)builder.Resources.Single(resource => resource.Name == "echo")).WithEnvironment("ADDED_BY_TEST", "yes");
        await using var app = await TestApplication.StartAsync(builder);
        await app.HealthyAsync("echo");
        using var http = app.App.CreateHttpClient("echo", "http");

        var environment = await http.GetFromJsonAsync<Dictionary<string, string>>("/environment");

        Assert.Equal("yes", environment!["ADDED_BY_TEST"]);
        Assert.Equal("good day", environment["Echo__Greeting"]);
        Assert.Equal(24, environment["Echo__Key"].Length);
        Assert.Equal("echo", environment["OTEL_SERVICE_NAME"]);
        Assert.Matches("^localhost:[0-9]+,password=.{22}$", environment["ConnectionStrings__cache"]);
        Assert.Matches("^redis://:.{22}@localhost:[0-9]+$", environment["CACHE_URI"]);
        Assert.Equal("http", environment["DOTNET_LAUNCH_PROFILE"]);
        Assert.Equal("yes", environment["ECHO_FROM_PROFILE"]);
        Assert.Equal(["--profile", "http launch"], (await http.GetFromJsonAsync<string[]>("/arguments"))!);
    }

    [Fact]
    public async Task Connections_go_to_the_replicas_in_turn_past_one_that_is_down()
    {
        await using var app = await TestApplication.StartAsync(builder => builder.AddProject("echo", Echo).WithReplicas(2).WithHttpHealthCheck("/health", endpointName: "http"));
        await app.App.ResourceNotifications.WaitForDependenciesAsync(Waiter(app), default).WaitAsync(TestApplication.Limit);

        var both = await PidsAsync(app, 6);
        await app.App.ResourceCommands.ExecuteCommandAsync("echo-1", KnownResourceCommands.StopCommand);
        var one = await PidsAsync(app, 6);

        Assert.Equal(2, both.Distinct().Count());
        Assert.Single(one.Distinct());
    }

    [Fact]
    public async Task The_endpoints_in_a_projects_settings_get_ports_of_their_own_and_keep_their_protocols()
    {
        await using var app = await TestApplication.StartAsync(builder => builder.AddProject("echo", Echo).WithHttpHealthCheck("/health", endpointName: "http"));
        await app.HealthyAsync("echo");
        using var http = app.App.CreateHttpClient("echo", "http");
        using var grpc = app.App.CreateHttpClient("echo", "grpc");

        var environment = await http.GetFromJsonAsync<Dictionary<string, string>>("/environment");
        using var overHttp2 = new HttpRequestMessage(HttpMethod.Get, "/pid") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var answer = await grpc.SendAsync(overHttp2);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(app.App.GetEndpoint("echo", "http").ToString().TrimEnd('/'), environment!["Kestrel__Endpoints__http__Url"]);
        Assert.Equal(app.App.GetEndpoint("echo", "grpc").ToString().TrimEnd('/'), environment["Kestrel__Endpoints__grpc__Url"]);
        Assert.NotEqual(15101, app.App.GetEndpoint("echo", "http").Port);
        Assert.False(environment.TryGetValue("ASPNETCORE_URLS", out var urls) && urls.Length > 0);
    }

    [Fact]
    public async Task Without_endpoints_in_the_settings_those_of_the_launch_profile_count()
    {
        await using var app = await TestApplication.StartAsync(builder =>
            builder.AddProject("echo", Echo, options => options.ExcludeKestrelEndpoints = true)
                .WithEnvironment("Kestrel__Endpoints__http__Url", "")
                .WithEnvironment("Kestrel__Endpoints__grpc__Url", ""));

        Assert.Equal("http", app.App.GetEndpoint("echo").Scheme);
        Assert.Throws<ArgumentException>(() => app.App.GetEndpoint("echo", "grpc"));
    }

    [Fact]
    public async Task A_crashed_project_comes_back_on_the_same_address()
    {
        await using var app = await TestApplication.StartAsync(builder => builder.AddProject("echo", Echo).WithHttpHealthCheck("/health", endpointName: "http"));
        await app.HealthyAsync("echo");
        using var http = app.App.CreateHttpClient("echo", "http");
        var before = await http.GetStringAsync("/pid");

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => http.PostAsync("/crash", null));
        await Poll.UntilAsync("a new process answers", async ct => await http.GetStringAsync("/pid", ct) != before);

        Assert.Equal("Running", (await app.HealthyAsync("echo")).Snapshot.State?.Text);
    }

    [Fact]
    public async Task An_unknown_launch_profile_is_named()
    {
        var refused = await Assert.ThrowsAsync<DistributedApplicationException>(() =>
            TestApplication.StartAsync(builder => builder.AddProject("echo", Echo, "nightly")));

        Assert.Contains("'nightly'", refused.Message, StringComparison.Ordinal);
    }

    private static ExecutableResource Waiter(TestApplication app)
    {
        var waiter = new ExecutableResource("waiter", "true", ".");
        waiter.Annotations.Add(new WaitAnnotation(app.Resource("echo"), WaitType.WaitUntilHealthy));
        return waiter;
    }

    private static async Task<IReadOnlyList<string>> PidsAsync(TestApplication app, int count)
    {
        var pids = new List<string>();
        for (var i = 0; i < count; i++)
        {
            // A client of its own is a connection of its own.
            using var http = app.App.CreateHttpClient("echo", "http");
            pids.Add(await http.GetStringAsync("/pid"));
        }

        return pids;
    }
}
