using Dapper;
using ModelOps.Contracts.Events.V1;
using ModelOps.Monitor.Alerts;
using ModelOps.Monitor.Storage;
using ModelOps.Monitor.Windows;
using ModelOps.ServiceDefaults.Messaging;
using Npgsql;
using Wire = ModelOps.Contracts.Monitor.V1;

namespace ModelOps.Monitor.Drift;

/// <summary>Windows that wait for their assessment, and what it came to: finding, alert and events in one transaction, once.</summary>
internal sealed class FindingStore(NpgsqlDataSource database)
{
    private const string Rule = "data_drift";
    private const string Severity = "warning";

    /// <summary>The closed window that has waited longest.</summary>
    public async Task<WindowRow?> NextAsync(DateTime now, CancellationToken ct)
    {
        const string sql = $"""
            select {WindowRow.Columns} from monitor.windows where state = 2 and assess_after <= @now order by position limit 1
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.QuerySingleOrDefaultAsync<WindowRow>(SqlCommands.Command(sql, new { now }, ct));
    }

    /// <summary>Lets a window wait.</summary>
    public async Task PostponeAsync(Guid window, DateTime until, CancellationToken ct)
    {
        const string sql = "update monitor.windows set assess_after = @until where window_id = @window and state = 2";
        await using var connection = await database.OpenConnectionAsync(ct);
        await connection.ExecuteAsync(SqlCommands.Command(sql, new { window, until }, ct));
    }

    /// <summary>Marks a window assessed with what was found, and raises or resolves the alert of its version.</summary>
    /// <returns>False when it was assessed before.</returns>
    public async Task<bool> ConcludeAsync(WindowRow window, Finding finding, DateTimeOffset now, CancellationToken ct)
    {
        const string sql = """
            update monitor.windows set state = 3, features = @features::jsonb, drifted = @Drifted, reason = @Reason
            where window_id = @WindowId and state = 2
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var features = FindingJson.Write(finding.Features.Select(ToWire));
        if (await connection.ExecuteAsync(transaction.Command(sql, new { features, finding.Drifted, finding.Reason, window.WindowId }, ct)) == 0)
        {
            return false;
        }
        if (finding.Drifted)
        {
            await RaiseAsync(window, finding, now, transaction, ct);
        }
        else if (finding.Features.Count > 0)
        {
            await ResolveAsync(window, now, transaction, ct);
        }
        await transaction.CommitAsync(ct);
        return true;
    }

    private static async Task RaiseAsync(WindowRow window, Finding finding, DateTimeOffset now, NpgsqlTransaction transaction, CancellationToken ct)
    {
        var alert = new AlertRow
        {
            AlertId = Guid.CreateVersion7(),
            Workspace = window.Workspace,
            Environment = window.Environment,
            Model = window.Model,
            Version = window.Version,
            Rule = Rule,
            Severity = Severity,
            Summary = finding.Summary(window.Model, window.Version, window.Rows),
            WindowId = window.WindowId,
            RaiseTime = now.UtcDateTime,
        };
        if (await AlertStore.RaiseAsync(alert, transaction, ct))
        {
            await Outbox.EnqueueAsync(transaction, Aggregate(window), new AlertRaised(
                alert.AlertId.ToString(), alert.Workspace, alert.Environment, alert.Model, alert.Version, Rule, Severity, alert.Summary, now), ct);
        }
        // Of every drifted window: whoever could not act on one, because a run was under way or failed, hears of the next.
        await Outbox.EnqueueAsync(transaction, Aggregate(window), new DriftDetected(
            window.Workspace, window.Environment, window.Model, window.Version, window.WindowId.ToString(), window.Rows,
            new(window.FirstEventTime), new(window.LastEventTime), finding.DriftedFeatures, now), ct);
    }

    private static async Task ResolveAsync(WindowRow window, DateTimeOffset now, NpgsqlTransaction transaction, CancellationToken ct)
    {
        if (await AlertStore.ResolveAsync(window.Served, Rule, now.UtcDateTime, transaction, ct) is { } alert)
        {
            await Outbox.EnqueueAsync(
                transaction, Aggregate(window), new AlertResolved(alert.AlertId.ToString(), alert.Workspace, alert.Model, Rule, now), ct);
        }
    }

    private static string Aggregate(WindowRow window) => $"model/{window.Workspace}/{window.Model}";

    private static Wire.FeatureDrift ToWire(Statistics.Drift.FeatureDrift drift) => new()
    {
        Feature = drift.Feature,
        Test = drift.Test,
        Score = drift.Score,
        Threshold = drift.Threshold,
        Drifted = drift.Drifted,
        Psi = drift.Psi,
        PValue = drift.PValue,
        MissingShare = drift.MissingShare,
    };
}
