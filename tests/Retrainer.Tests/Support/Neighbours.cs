using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ModelOps.Retrainer.Tests.Support;

/// <summary>
/// FeatureStore, Monitor and Registry at the edge of the protocol: real servers of their wire over a few lists. They can go away and
/// come back at the same address.
/// </summary>
internal sealed class Neighbours : IAsyncDisposable
{
    private WebApplication? _app;

    /// <summary>Rows of the view `transactions`.</summary>
    public IReadOnlyList<FraudRow> History { get; init; } = [];

    /// <summary>Predictions, the first <see cref="Labelled"/> of them with a label.</summary>
    public IReadOnlyList<FraudRow> Predictions { get; init; } = [];

    public int Labelled { get; set; }

    /// <summary>Rows of the view `user_history`.</summary>
    public IEnumerable<FraudRow> UserHistory => History.Concat(Predictions);

    /// <summary>How often the history was read.</summary>
    public int HistoryReads { get; set; }

    /// <summary>How often a registration came in.</summary>
    public int Registrations { get; set; }

    /// <summary>Reads of the history wait for it.</summary>
    public Task HistoryGate { get; set; } = Task.CompletedTask;

    /// <summary>Registrations wait for it.</summary>
    public Task RegistrationGate { get; set; } = Task.CompletedTask;

    /// <summary>What the outcome of a row is said to be.</summary>
    public Func<FraudRow, long> LabelOf { get; set; } = row => (long)row.Number("label");

    public List<Registered> Versions { get; } = [];

    public Uri Address { get; private set; } = new("http://127.0.0.3:0"); // an address of its own: nobody takes the port while it is away

    public static async Task<Neighbours> StartAsync(IReadOnlyList<FraudRow> history, IReadOnlyList<FraudRow>? predictions = null)
    {
        var world = new Neighbours { History = history, Predictions = predictions ?? [] };
        await world.ComeAsync();
        return world;
    }

    public async Task ComeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear(); // the service's own settings lie in the same folder
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhostOn(Address, HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(this);
        _app = builder.Build();
        _app.MapGrpcService<FeatureStoreServer>();
        _app.MapGrpcService<MonitorServer>();
        _app.MapGrpcService<RegistryServer>();
        await _app.StartAsync(CancellationToken.None);
        Address = new(_app.Urls.Single());
    }

    public async Task GoAsync()
    {
        if (_app is not null)
        {
            using var now = new CancellationTokenSource();
            await now.CancelAsync();
            await _app.StopAsync(now.Token);
            await _app.DisposeAsync();
            _app = null;
        }
    }

    public async ValueTask DisposeAsync() => await GoAsync();
}

internal static class KestrelExtensions
{
    public static void ListenLocalhostOn(this KestrelServerOptions kestrel, Uri address, HttpProtocols protocols) =>
        kestrel.Listen(System.Net.IPAddress.Parse(address.Host), address.Port, listen => listen.Protocols = protocols);
}
