using Aspire.Hosting;
using Aspire.Hosting.Testing;

namespace ModelOps.Aspire.Tests.Dashboard;

/// <summary>An application with its page: one that talks, one with a secret, one that cannot start.</summary>
internal sealed class DashboardApplication : IAsyncDisposable
{
    public const string Secret = "open-sesame-4711";

    private readonly TestApplication _app;

    private DashboardApplication(TestApplication app, Uri login)
    {
        _app = app;
        Login = login;
    }

    public TestApplication App => _app;

    /// <summary>The printed link.</summary>
    public Uri Login { get; }

    public Uri Root => new(Login, "/");

    public static async Task<DashboardApplication> StartAsync()
    {
        var builder = DistributedApplicationTestingBuilder.Create([], (options, _) => options.DisableDashboard = false);
        builder.Configuration["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        var key = builder.AddParameter("key", Secret, secret: true);
        builder.AddExecutable("talker", "sh", ".", "-c", "echo 'hello <b>page</b>'; n=0; while true; do n=$((n+1)); echo tick $n; sleep 0.2; done")
            .WithHttpEndpoint(name: "http")
            .WithEnvironment("PLAIN", "visible")
            .WithEnvironment("HEADER", $"Bearer {key}")
            .WithEnvironment("API_KEY", "named-like-a-secret");
        builder.AddExecutable("broken", "no-such-program", ".");
        var app = await TestApplication.StartAsync(builder);
        await app.HealthyAsync("talker");
        var link = await File.ReadAllTextAsync(Path.Combine(app.StorePath, "dashboard.url"));
        return new(app, new(link.Trim()));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
