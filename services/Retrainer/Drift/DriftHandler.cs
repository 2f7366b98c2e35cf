using Dapper;
using ModelOps.Contracts.Events.V1;
using ModelOps.Retrainer.Pipelines;
using ModelOps.Retrainer.Runs;
using ModelOps.ServiceDefaults.Messaging;
using Npgsql;

namespace ModelOps.Retrainer.Drift;

/// <summary>Starts a run when a model's inputs drifted, or keeps why it did not.</summary>
internal sealed partial class DriftHandler(NpgsqlDataSource database, RunSignal signal, TimeProvider clock, ILogger<DriftHandler> logger)
{
    private const int MaxReason = 1_024;

    /// <summary>Takes in an event; the same one again changes nothing.</summary>
    public async Task HandleAsync(DriftDetected drift, Guid messageId, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (!await Inbox.TryAcceptAsync(transaction, messageId, nameof(DriftHandler), ct))
        {
            return;
        }
        var model = ModelKey.Of(drift.Workspace, drift.Model);
        var (run, reason) = await DecideAsync(model, drift, transaction, ct);
        await KeepAsync(model, drift, run, reason, transaction, ct);
        await transaction.CommitAsync(ct);
        if (run is { } started)
        {
            LogStarted(started, model.Name, drift.WindowId);
            signal.Set();
        }
        else
        {
            LogIgnored(model.Name, drift.WindowId, reason);
        }
    }

    private async Task<(Guid? Run, string Reason)> DecideAsync(ModelKey model, DriftDetected drift, NpgsqlTransaction transaction, CancellationToken ct)
    {
        if (await PipelineStore.FindAsync(model, transaction.Connection!, transaction, ct) is not { } stored)
        {
            return (null, "the model has no pipeline");
        }
        var read = PipelineReader.Read(stored.Definition, model.Name);
        if (!read.Succeeded)
        {
            return (null, $"the stored pipeline can no longer be read: {read.Refusal.Detail}");
        }
        var underWay = await RunStore.FindUnderWayAsync(model, transaction, ct);
        var lastEnd = await RunStore.LastDriftRunEndAsync(model, transaction, ct);
        if (DriftRules.Ignore(read.Value.On, underWay, lastEnd, clock.GetUtcNow()) is { } ignored)
        {
            return (null, ignored);
        }
        var window = new DriftedWindow(drift.Environment, drift.Version, drift.WindowId, drift.Rows, drift.FirstEventTime, drift.LastEventTime);
        var run = RunRules.Begin((stored, read.Value), "", Triggers.Drift, Reason(drift), window, clock.GetUtcNow());
        return await StartRunHandler.AddAsync(run, $"drift/{drift.Environment}/{drift.WindowId}", transaction, ct)
            ? (run.Id, run.Reason)
            : (null, "the window started a run before, or another run was a moment faster");
    }

    private static string Reason(DriftDetected drift)
    {
        var reason = $"version {drift.Version}: {drift.Features.Count} features drifted: {string.Join(", ", drift.Features)}";
        return reason.Length <= MaxReason ? reason : reason[..MaxReason];
    }

    private async Task KeepAsync(ModelKey model, DriftDetected drift, Guid? run, string reason, NpgsqlTransaction transaction, CancellationToken ct)
    {
        const string sql = """
            insert into retrainer.triggers (trigger_id, workspace, model, kind, subject, run_id, reason, decided_at)
            values (@id, @Workspace, @Name, @kind, @WindowId, @run, @reason, @now)
            """;
        var now = clock.GetUtcNow();
        await transaction.Connection!.ExecuteAsync(new CommandDefinition(
            sql,
            new { id = Guid.CreateVersion7(now), model.Workspace, model.Name, kind = Triggers.Drift, drift.WindowId, run, reason, now = now.UtcDateTime },
            transaction, cancellationToken: ct));
    }

    [LoggerMessage(EventId = 3401, EventName = "DriftStartedRun", Level = LogLevel.Information, Message = "Run {RunId} of {Model} starts because window {WindowId} drifted")]
    private partial void LogStarted(Guid runId, string model, string windowId);

    [LoggerMessage(EventId = 3402, EventName = "DriftIgnored", Level = LogLevel.Information, Message = "Drift of {Model} in window {WindowId} starts no run: {Reason}")]
    private partial void LogIgnored(string model, string windowId, string reason);
}
