using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ModelOps.ServiceDefaults.Messaging;

/// <summary>Removes what is remembered longer than it has to be, some rows at a time.</summary>
internal sealed class MessagingCleanup(MessagingDatabase database, IOptions<OutboxOptions> options, TimeProvider time, ILogger<MessagingCleanup> logger) :
    BackgroundService
{
    private const int Batch = 1_000;

    private const string Inbox = """
        delete from messaging.inbox where ctid = any(array(
            select ctid from messaging.inbox where accepted_at < @before limit @Batch))
        """;

    private const string Replayed = """
        delete from messaging.dead_letters where id in (
            select id from messaging.dead_letters where replayed_at < @before limit @Batch)
        """;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.CleanupInterval, time);
        do
        {
            try
            {
                await RemoveAsync(Inbox, options.Value.InboxRetention, stoppingToken);
                await RemoveAsync(Replayed, options.Value.ReplayedRetention, stoppingToken);
            }
            catch (NpgsqlException e)
            {
                logger.CleanupFailed(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task RemoveAsync(string sql, TimeSpan retention, CancellationToken ct)
    {
        int removed;
        do
        {
            await using var connection = await database.Source.OpenConnectionAsync(ct);
            removed = await connection.ExecuteAsync(new CommandDefinition(sql, new { before = time.GetUtcNow() - retention, Batch }, cancellationToken: ct));
        }
        while (removed == Batch);
    }
}
