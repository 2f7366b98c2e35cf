namespace Aspire.Hosting.Servers;

/// <summary>What our PostgreSQL reads.</summary>
internal static class PostgresFiles
{
    /// <summary>Passwords only, loopback only; there is no socket file.</summary>
    public const string HostBasedAccess = "host all all 127.0.0.1/32 scram-sha-256\n";

    public static string Configuration(ServerOptions options) =>
        $"""
        # Written at every start.
        listen_addresses = '127.0.0.1'
        port = {options.Port}
        unix_socket_directories = ''
        max_connections = {options.MaxConnections}
        password_encryption = 'scram-sha-256'
        fsync = {(options.Durable ? "on" : "off")}
        logging_collector = off
        log_destination = 'stderr'
        log_line_prefix = '[%p] '
        log_timezone = 'UTC'
        timezone = 'UTC'
        lc_messages = 'C'

        """;

    /// <summary>For single-user mode, which takes one statement a line.</summary>
    public static string SetPassword(string userName, string password) =>
        $"""
        DO $do$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {Literal(userName)}) THEN CREATE ROLE {Identifier(userName)}; END IF; END $do$
        ALTER ROLE {Identifier(userName)} SUPERUSER LOGIN PASSWORD {Literal(password)}

        """;

    public static string Identifier(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
