using System.Collections.Concurrent;

namespace ModelOps.Samples.Fraud;

/// <summary>One answered prediction.</summary>
/// <param name="Id">Its identity, and the key it was routed by.</param>
/// <param name="Version">Version that answered.</param>
/// <param name="SentAt">When the request left.</param>
/// <param name="Milliseconds">How long the answer took.</param>
public sealed record Answer(string Id, long Version, DateTimeOffset SentAt, double Milliseconds);

/// <summary>
/// The card network: for each transaction it pushes the user's history, waits until it is stored, and asks for a prediction; the
/// outcome follows late. Transactions of one user keep their order.
/// </summary>
public sealed class LiveTraffic(GatewayClient gateway, LateLabels labels, string model, TimeProvider clock)
{
    private const int Lanes = 16;
    private const int CycleRows = 200;
    private const string View = "user_history";

    private readonly ConcurrentQueue<string> _failures = new();
    private readonly ConcurrentDictionary<string, Answer> _answers = new(StringComparer.Ordinal);
    private int _sent;

    /// <summary>Requests sent so far.</summary>
    public int Sent => Volatile.Read(ref _sent);

    /// <summary>Every answer so far by identity.</summary>
    public IReadOnlyDictionary<string, Answer> Answers => _answers;

    /// <summary>What went wrong, one line a request.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

    /// <summary>Sends every row once.</summary>
    /// <param name="phase">Names the rows: part of their identities.</param>
    /// <param name="rows">The transactions; they happen now, a microsecond apart in their order.</param>
    /// <param name="ct">Ends the traffic.</param>
    public async Task<IReadOnlyList<Answer>> SendAsync(string phase, IReadOnlyList<Transaction> rows, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var start = clock.GetUtcNow();
        var answered = new Answer?[rows.Count];
        await Task.WhenAll(Enumerable.Range(0, Lanes).Select(async lane =>
        {
            for (var i = 0; i < rows.Count; i++)
            {
                if (rows[i].UserId % Lanes == lane)
                {
                    answered[i] = await SendOneAsync($"{model}.{phase}.{i:00000}", rows[i], start.AddMicroseconds(i), ct);
                }
            }
        }));
        return [.. answered.OfType<Answer>()];
    }

    /// <summary>Sends the rows over and over under fresh identities until told to stop.</summary>
    public async Task<IReadOnlyList<Answer>> RecycleAsync(string phase, IReadOnlyList<Transaction> rows, CancellationToken stop, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var answers = new List<Answer>();
        for (var cycle = 0; !stop.IsCancellationRequested; cycle++)
        {
            var chunk = Enumerable.Range(cycle * CycleRows, CycleRows).Select(i => rows[i % rows.Count]).ToArray();
            answers.AddRange(await SendAsync($"{phase}.{cycle:000}", chunk, ct));
        }
        return answers;
    }

    private async Task<Answer?> SendOneAsync(string id, Transaction row, DateTimeOffset eventTime, CancellationToken ct)
    {
        Interlocked.Increment(ref _sent);
        try
        {
            await gateway.PushHistoryAsync(View, row, eventTime, ct);
            var start = clock.GetTimestamp();
            var sentAt = clock.GetUtcNow();
            var (version, _) = await gateway.PredictAsync(model, id, row, eventTime, ct);
            var answer = new Answer(id, version, sentAt, clock.GetElapsedTime(start).TotalMilliseconds);
            _answers[id] = answer;
            labels.Add(id, row.Label);
            return answer;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            _failures.Enqueue($"{id}: {e.Message}");
            return null;
        }
    }
}
