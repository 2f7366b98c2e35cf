using System.Net;
using System.Security.Cryptography;
using Aspire.Hosting.Orchestration;
using Aspire.Hosting.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>
/// A small page of the application's resources, for developers without Aspire's dashboard: on loopback only, behind a link
/// that is printed when it starts.
/// </summary>
internal sealed class DashboardServer(DashboardModel model, StoreLocation store, IConfiguration configuration, ILogger<DashboardServer> logger)
    : IHostedService, IAsyncDisposable
{
    private const int DefaultPort = 15888;
    private const int MaxPortTries = 50;
    private const int TokenBytes = 16;
    private const string UrlFile = "dashboard.url";

    private WebApplication? _app;

    /// <summary>The link that logs in; known once started.</summary>
    public string LoginUrl { get; private set; } = "";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var port = ChoosePort();
        // The variable with which Aspire lets whoever starts the application choose the token.
        var token = configuration["AppHost:BrowserToken"] is { Length: > 0 } given ? given : RandomNumberGenerator.GetHexString(2 * TokenBytes, lowercase: true);
        var access = new DashboardAccess(token, port);
        _app = Build(port, access);
        await _app.StartAsync(cancellationToken).ConfigureAwait(false);
        LoginUrl = $"http://localhost:{port}/login?t={token}";
        store.Write(UrlFile, LoginUrl + Environment.NewLine);
        OrchestrationLog.DashboardLogin(logger, LoginUrl);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        File.Delete(Path.Combine(store.Root, UrlFile));
        if (_app is { } app)
        {
            // Browsers hold their event streams open for as long as they are let.
            using var now = new CancellationTokenSource();
            await now.CancelAsync().ConfigureAwait(false);
            await app.StopAsync(now.Token).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            await app.DisposeAsync().ConfigureAwait(false);
        }
    }

    private WebApplication Build(int port, DashboardAccess access)
    {
        // Empty: neither the AppHost's variables nor its console lifetime are for this server.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ListenLocalhost(port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(model);
        var app = builder.Build();
        app.Use(access.GuardAsync);
        app.UseRouting();
        DashboardEndpoints.Map(app, model, access);
        return app;
    }

    private int ChoosePort()
    {
        var wanted = configuration["ASPNETCORE_URLS"]?.Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(url => Uri.TryCreate(url, UriKind.Absolute, out var address) ? address : null)
            .FirstOrDefault(address => address is not null && (address.IsLoopback || IPAddress.TryParse(address.Host, out _)))?.Port ?? DefaultPort;
        return wanted == 0 ? Ports.TakeFree()
            : Enumerable.Range(wanted, MaxPortTries).Cast<int?>().FirstOrDefault(port => Ports.IsFree(port!.Value)) ?? Ports.TakeFree();
    }
}
