using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Aspire.Hosting.Servers;

/// <summary>What our RabbitMQ reads.</summary>
internal static class RabbitMqFiles
{
    /// <summary>The name is part of the stored data, so it must not depend on the machine or the folder; an epmd of our own keeps it apart from others.</summary>
    public const string NodeName = "modelops@localhost";

    private const int SaltBytes = 4;

    public static string Configuration(ServerOptions options, string definitions)
    {
        var management = options.ManagementPort is { } port
            ? $"""
              management.tcp.ip = 127.0.0.1
              management.tcp.port = {port}

              """
            : "";
        return $"""
            # Written at every start.
            listeners.tcp.default = 127.0.0.1:{options.Port}
            load_definitions = {definitions}
            log.file = false
            log.console = true
            log.console.level = info
            {management}
            """;
    }

    /// <summary>The user and its rights, imported at every start, so that lost secrets do not cost the data.</summary>
    public static string Definitions(string userName, string password) => JsonSerializer.Serialize(new
    {
        users = new[] { new { name = userName, password_hash = Hash(password), hashing_algorithm = "rabbit_password_hashing_sha256", tags = "administrator" } },
        vhosts = new[] { new { name = "/" } },
        permissions = new[] { new { user = userName, vhost = "/", configure = ".*", write = ".*", read = ".*" } },
    });

    private static string Hash(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return Convert.ToBase64String([.. salt, .. SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(password)])]);
    }
}
