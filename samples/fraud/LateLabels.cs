using System.Net;
using System.Threading.Channels;

namespace ModelOps.Samples.Fraud;

/// <summary>Outcomes that follow their predictions late: each is sent a second after the answer, many at a time.</summary>
public sealed class LateLabels : IAsyncDisposable
{
    private const int BatchSize = 500;
    private const int Waiting = 100_000;
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryEvery = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan StoredWithin = TimeSpan.FromSeconds(60);

    private readonly Channel<(string Id, int Label, long Answered)> _queue =
        Channel.CreateBounded<(string, int, long)>(new BoundedChannelOptions(Waiting) { SingleReader = true });

    private readonly GatewayClient _gateway;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _sending;
    private int _added;
    private int _sent;

    public LateLabels(GatewayClient gateway, TimeProvider clock)
    {
        _gateway = gateway;
        _clock = clock;
        _sending = SendAsync(_stop.Token);
    }

    /// <summary>Outcomes sent and acknowledged.</summary>
    public int Sent => Volatile.Read(ref _sent);

    /// <summary>Notes an outcome.</summary>
    public void Add(string id, int label)
    {
        if (!_queue.Writer.TryWrite((id, label, _clock.GetTimestamp())))
        {
            throw new InvalidOperationException($"more than {Waiting} outcomes wait to be sent");
        }
        Interlocked.Increment(ref _added);
    }

    /// <summary>Waits until every outcome noted so far is acknowledged.</summary>
    public async Task FlushAsync(CancellationToken ct)
    {
        while (Volatile.Read(ref _sent) < Volatile.Read(ref _added))
        {
            if (_sending.IsCompleted)
            {
                await _sending; // tells why
            }
            await Task.Delay(50, ct);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // a fault was told by FlushAsync
        _stop.Dispose();
    }

    private async Task SendAsync(CancellationToken ct)
    {
        var batch = new List<(string Id, int Label)>(BatchSize);
        while (await _queue.Reader.WaitToReadAsync(ct))
        {
            while (batch.Count < BatchSize && _queue.Reader.TryPeek(out var next) && _clock.GetElapsedTime(next.Answered) >= Late && _queue.Reader.TryRead(out _))
            {
                batch.Add((next.Id, next.Label));
            }
            if (batch.Count == 0)
            {
                await Task.Delay(RetryEvery, ct);
                continue;
            }
            await SendAsync(batch, ct);
            Interlocked.Add(ref _sent, batch.Count);
            batch.Clear();
        }
    }

    /// <summary>
    /// A prediction is stored shortly after it was answered; until then its label is unknown there. Sending a label again is harmless.
    /// </summary>
    private async Task SendAsync(List<(string Id, int Label)> batch, CancellationToken ct)
    {
        var start = _clock.GetTimestamp();
        while (true)
        {
            try
            {
                await _gateway.PushLabelsAsync(batch, ct);
                return;
            }
            catch (Exception e) when (!ct.IsCancellationRequested && IsPassing(e) && _clock.GetElapsedTime(start) < StoredWithin)
            {
                await Task.Delay(RetryEvery, ct);
            }
        }
    }

    private static bool IsPassing(Exception e) => e is TaskCanceledException || (e is HttpRequestException
    {
        StatusCode: null or HttpStatusCode.NotFound or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout,
    });
}
