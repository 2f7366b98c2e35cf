using Dapper;
using Microsoft.Extensions.Logging;
using ModelOps.ServiceDefaults.Errors;
using Npgsql;

namespace ModelOps.ServiceDefaults.Messaging;

/// <summary>The dead letters of the service.</summary>
internal sealed class DeadLetterStore(
    MessagingDatabase database, DeadLetterSender sender, MessagingMetrics metrics, TimeProvider time, ILogger<DeadLetterStore> logger)
{
    private const string Columns = """
        id, direction, queue, aggregate, message_id as MessageId, type, headers::text as headers, body, reason, failures,
        failed_at as FailedAt, replayed_at as ReplayedAt
        """;

    private const string Insert = """
        insert into messaging.dead_letters as known (id, direction, queue, aggregate, message_id, type, headers, body, reason, failed_at)
        values (@Id, @Direction, @Queue, @Aggregate, @MessageId, @Type, @Headers::json, @Body, @Reason, @FailedAt)
        on conflict (queue, message_id) where replayed_at is null
        do update set reason = excluded.reason, failed_at = excluded.failed_at, failures = known.failures + 1
        """;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Stores a dead letter. Waits while the database is away: until then the message stays in its queue, since whoever calls
    /// has not acknowledged it.
    /// </summary>
    public async Task AddAsync(DeadLetter letter, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await using var connection = await database.Source.OpenConnectionAsync(ct);
                await connection.ExecuteAsync(new CommandDefinition(Insert, letter, cancellationToken: ct));
                metrics.DeadLetter(letter.Direction);
                logger.DeadLetterStored(letter.MessageId, letter.Queue, letter.Reason);
                return;
            }
            catch (Exception e) when (FailureClassifier.IsDependencyDown(e) && !ct.IsCancellationRequested)
            {
                logger.DeadLetterWaits(letter.Queue, e.Message);
                await Task.Delay(Pause, time, ct);
            }
        }
    }

    /// <summary>Dead letters, newest first.</summary>
    /// <param name="before">Identity of the last one of the page before; null: the first page.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<IReadOnlyList<DeadLetter>> ListAsync(Guid? before, int limit, CancellationToken ct)
    {
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<DeadLetter>(new(
            $"select {Columns} from messaging.dead_letters where @before::uuid is null or id < @before order by id desc limit @limit",
            new { before, limit }, cancellationToken: ct))).AsList();
    }

    public async Task<Outcome<DeadLetter>> GetAsync(Guid id, CancellationToken ct)
    {
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        return await FindAsync(connection, null, id, "", ct) is { } found ? found : Unknown(id);
    }

    /// <summary>Sends a dead letter on its way again, once: the row stays locked until the broker has the message.</summary>
    public async Task<Outcome<DeadLetter>> ReplayAsync(Guid id, CancellationToken ct)
    {
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (await FindAsync(connection, transaction, id, "for update", ct) is not { } letter)
        {
            return Unknown(id);
        }
        if (letter.ReplayedAt is not null)
        {
            return new Refusal(RefusalKind.FailedPrecondition, $"dead letter {id} was replayed already");
        }
        var sent = await sender.SendAsync(letter, transaction, ct);
        if (!sent.Succeeded)
        {
            return sent;
        }
        var replayed = letter with { ReplayedAt = time.GetUtcNow() };
        await connection.ExecuteAsync(new CommandDefinition(
            "update messaging.dead_letters set replayed_at = @ReplayedAt where id = @Id", new { replayed.ReplayedAt, replayed.Id }, transaction, cancellationToken: ct));
        await transaction.CommitAsync(ct);
        logger.DeadLetterReplayed(id);
        return replayed;
    }

    private static Refusal Unknown(Guid id) => Refusal.NotFound($"there is no dead letter {id}");

    private static Task<DeadLetter?> FindAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, Guid id, string locking, CancellationToken ct) =>
        connection.QuerySingleOrDefaultAsync<DeadLetter>(new(
            $"select {Columns} from messaging.dead_letters where id = @id {locking}", new { id }, transaction, cancellationToken: ct));
}
