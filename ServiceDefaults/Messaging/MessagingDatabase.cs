using Npgsql;

namespace ModelOps.ServiceDefaults.Messaging;

/// <summary>The database that holds the outbox, the inbox and the dead letters of the service.</summary>
internal sealed class MessagingDatabase(Func<NpgsqlDataSource> source)
{
    public NpgsqlDataSource Source => source();
}
