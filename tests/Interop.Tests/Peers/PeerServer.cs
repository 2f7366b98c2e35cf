namespace ModelOps.Interop.Peers;

/// <summary>Somebody else's server.</summary>
public abstract class PeerServer : IAsyncLifetime
{
    private PeerProcess? _process;

    private protected PeerServer(Runtime runtime) => Runtime = runtime;

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    private Runtime Runtime { get; }

    public async Task InitializeAsync()
    {
        _process = PeerProcess.Start(Runtime, "server", Runtime.Contract);
        var ready = await _process.AskAsync();
        Address = new Uri($"http://127.0.0.1:{ready.GetProperty("port").GetInt32()}");
    }

    public async Task DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }
}

public sealed class NodeServer() : PeerServer(Runtime.Node);

public sealed class PythonServer() : PeerServer(Runtime.Python);
