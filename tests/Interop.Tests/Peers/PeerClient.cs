using ModelOps.Interop.Server;

namespace ModelOps.Interop.Peers;

/// <summary>Somebody else's client, calling our server.</summary>
public abstract class PeerClient : IAsyncLifetime
{
    private PeerProcess? _process;

    private protected PeerClient(Runtime runtime) => Runtime = runtime;

    public EchoServer Server { get; } = new();

    private Runtime Runtime { get; }

    public async Task InitializeAsync()
    {
        await Server.InitializeAsync();
        _process = PeerProcess.Start(Runtime, "client", Runtime.Contract, Server.Address);
        await _process.AskAsync();
    }

    /// <summary>Lets the peer play a scenario; fails with what it did not like.</summary>
    public async Task PlayAsync(string scenario)
    {
        var verdict = await _process!.AskAsync(scenario);
        Assert.Equal(scenario, verdict.GetProperty("scenario").GetString());
        Assert.True(verdict.GetProperty("ok").GetBoolean(), verdict.GetProperty("detail").GetString());
    }

    public async Task DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
        await Server.DisposeAsync();
    }
}

public sealed class NodeClient() : PeerClient(Runtime.Node);

public sealed class PythonClient() : PeerClient(Runtime.Python);
