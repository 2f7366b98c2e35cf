using System.Diagnostics;
using System.Text.Json;

namespace ModelOps.Samples.Fraud;

/// <summary>Waits until the application is up, as the caller of start.sh would.</summary>
public sealed class GatewayStartup(Uri gateway, FileInfo secrets, int? process)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>The gateway's REST address.</summary>
    public Uri Gateway => gateway;

    /// <summary>Asks the gateway's health until it is good.</summary>
    /// <exception cref="InvalidOperationException">The gateway did not come up.</exception>
    public async Task WaitAsync(CancellationToken ct)
    {
        using var http = new HttpClient { BaseAddress = gateway, Timeout = TimeSpan.FromSeconds(5) };
        var watch = Stopwatch.StartNew();
        while (!await IsHealthyAsync(http, ct))
        {
            if (process is { } id && !IsRunning(id))
            {
                throw new InvalidOperationException("the application ended before its gateway was up");
            }
            if (watch.Elapsed > Limit)
            {
                throw new InvalidOperationException($"the gateway at {gateway} was not healthy within {Limit.TotalMinutes:0} minutes");
            }
            await Task.Delay(Interval, ct);
        }
    }

    /// <summary>The admin key the AppHost made.</summary>
    public async Task<string> ReadAdminKeyAsync(CancellationToken ct)
    {
        await using var stream = secrets.OpenRead();
        var values = await JsonSerializer.DeserializeAsync<Dictionary<string, string>>(stream, cancellationToken: ct);
        return values?.GetValueOrDefault("Parameters:admin-key")
            ?? throw new InvalidOperationException($"{secrets.FullName} has no Parameters:admin-key");
    }

    private static async Task<bool> IsHealthyAsync(HttpClient http, CancellationToken ct)
    {
        try
        {
            using var answer = await http.GetAsync("/health", ct);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            return false;
        }
    }

    private static bool IsRunning(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
