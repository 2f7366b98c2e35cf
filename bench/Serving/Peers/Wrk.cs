using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ModelOps.Bench.Measuring;

namespace ModelOps.Bench.Serving.Peers;

/// <summary>The load generator of Debian's package <c>wrk</c>, one thread, posting rows in turn.</summary>
internal sealed partial class Wrk : IDisposable
{
    private readonly string _script;
    private readonly int _connections;

    private Wrk(string script, int connections) => (_script, _connections) = (script, connections);

    /// <summary>Writes the script that posts the rows.</summary>
    public static Wrk Prepare(float[][] rows, string key, int connections)
    {
        var script = new StringBuilder("local requests, nextRow = {}, 0\n")
            .AppendLine("wrk.method = 'POST'")
            .AppendLine("wrk.headers['Content-Type'] = 'application/json'")
            .AppendLine($"wrk.headers['Authorization'] = 'Bearer {key}'")
            .AppendLine("local bodies = {");
        foreach (var row in rows)
        {
            script.AppendLine($"  '{Body(row)}',");
        }
        script.AppendLine("}")
            .AppendLine("init = function() for i, body in ipairs(bodies) do requests[i] = wrk.format(nil, nil, nil, body) end end")
            .AppendLine("request = function() nextRow = nextRow % #requests + 1; return requests[nextRow] end")
            .AppendLine("done = function(summary, latency)")
            .AppendLine("  local e = summary.errors")
            .AppendLine("  print(string.format('RESULT %d %d %.0f %.0f %d', summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),")
            .AppendLine("    e.status + e.connect + e.read + e.write + e.timeout))")
            .AppendLine("end");
        var file = Path.GetTempFileName();
        File.WriteAllText(file, script.ToString());
        return new Wrk(file, connections);
    }

    /// <summary>What is posted for a row.</summary>
    public static string Body(float[] row) =>
        $$"""{"features": [{{string.Join(", ", row.Select(value => value.ToString("0.######", CultureInfo.InvariantCulture)))}}]}""";

    public async Task<Round> RunAsync(Uri address, TimeSpan time, Func<CancellationToken, Task<Usage>> serverUsage, CancellationToken ct)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(time.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        using var process = Start(["-t1", $"-c{_connections}", $"-d{seconds}s", "-s", _script, address.ToString()]);
        var before = await serverUsage(ct);
        var output = await process.StandardOutput.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        var used = await serverUsage(ct) - before;
        var numbers = Result().Match(output) is { Success: true } match
            ? match.Groups.Values.Skip(1).Select(group => long.Parse(group.Value, CultureInfo.InvariantCulture)).ToArray()
            : throw new InvalidDataException($"wrk did not say a result: {output}");
        if (numbers is not [> 0 and var requests, var microseconds, var p50, var p99, 0])
        {
            throw new InvalidDataException($"{numbers[^1]} of {numbers[0]} requests to {address} failed");
        }
        return new Round(
            requests / (microseconds / 1e6),
            TimeSpan.FromMicroseconds(p50),
            TimeSpan.FromMicroseconds(p99),
            TimeSpan.Zero,
            used.Cpu / requests,
            0,
            (double)used.Allocated / requests);
    }

    public void Dispose() => File.Delete(_script);

    private static Process Start(string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo("wrk", arguments) { UseShellExecute = false, RedirectStandardOutput = true })!;
        }
        catch (Win32Exception missing)
        {
            throw new CannotMeasureException("wrk is missing: eng/install-prerequisites.sh wrk", missing);
        }
    }

    [GeneratedRegex(@"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)")]
    private static partial Regex Result();
}
