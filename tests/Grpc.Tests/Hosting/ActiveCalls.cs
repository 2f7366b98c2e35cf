using System.Diagnostics.Metrics;

namespace ModelOps.Grpc.Tests.Hosting;

/// <summary>
/// Counts requests under way by the meters of ASP.NET Core and HttpClient, which know nothing of gRPC: a call that either side forgot to end
/// stays in the count.
/// </summary>
internal sealed class ActiveCalls : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly int _port;
    private long _server;
    private long _client;

    public ActiveCalls(ProbeServer server)
    {
        _port = server.Address.Port;
        var serverMeter = server.MeterFactory;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if ((instrument.Name == "http.server.active_requests" && ReferenceEquals(instrument.Meter.Scope, serverMeter))
                || instrument.Name == "http.client.active_requests")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, change, tags, _) =>
        {
            if (instrument.Name == "http.server.active_requests")
            {
                Interlocked.Add(ref _server, change);
            }
            else if (IsOurs(tags))
            {
                Interlocked.Add(ref _client, change);
            }
        });
        _listener.Start();
    }

    public long Server => Interlocked.Read(ref _server);

    public long Client => Interlocked.Read(ref _client);

    public void Dispose() => _listener.Dispose();

    private bool IsOurs(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var (name, value) in tags)
        {
            if (name == "server.port")
            {
                return value is int port && port == _port;
            }
        }
        return false;
    }
}
