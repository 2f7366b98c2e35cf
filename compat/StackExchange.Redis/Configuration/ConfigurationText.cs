using System.Globalization;

namespace StackExchange.Redis;

/// <summary>The configuration string: <c>host:port,option=value,...</c>.</summary>
internal static class ConfigurationText
{
    /// <summary>Options of the package that change nothing here.</summary>
    private static readonly string[] WithoutEffect =
    [
        "allowadmin", "checkcertificaterevocation", "configcheckseconds", "configchannel", "highprioritythreads", "preserveasyncorder", "resolvedns",
        "responsetimeout", "setlib", "tiebreaker", "version", "writebuffer",
    ];

    private static readonly Dictionary<string, Action<ConfigurationOptions, string, string>> Options = new(StringComparer.OrdinalIgnoreCase)
    {
        ["abortConnect"] = (options, key, value) => options.AbortOnConnectFail = Flag(key, value),
        ["asyncTimeout"] = (options, key, value) => options.AsyncTimeout = Number(key, value, 1),
        ["connectRetry"] = (options, key, value) => options.ConnectRetry = Number(key, value, 1),
        ["connectTimeout"] = (options, key, value) => options.ConnectTimeout = Number(key, value, 1),
        ["defaultDatabase"] = (options, key, value) => options.DefaultDatabase = Number(key, value, 0),
        ["keepAlive"] = (options, key, value) => options.KeepAlive = Number(key, value, -1),
        ["name"] = (options, _, value) => options.ClientName = value,
        ["password"] = (options, _, value) => options.Password = value,
        ["ssl"] = (options, key, value) => options.Ssl = Flag(key, value),
        ["sslHost"] = (options, _, value) => options.SslHost = value,
        ["syncTimeout"] = (options, key, value) => options.SyncTimeout = Number(key, value, 1),
        ["user"] = (options, _, value) => options.User = value,
    };

    public static void Read(ConfigurationOptions options, string text, bool ignoreUnknown)
    {
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                options.EndPoints.Add(part);
                continue;
            }
            var key = part[..equals].Trim();
            if (Options.TryGetValue(key, out var set))
            {
                set(options, key, part[(equals + 1)..].Trim());
            }
            else if (!ignoreUnknown && !WithoutEffect.Contains(key, StringComparer.OrdinalIgnoreCase))
            {
                throw new ArgumentException($"Keyword '{key}' is not supported.", key);
            }
        }
    }

    public static string Write(ConfigurationOptions options, bool? abortConnect, int? asyncTimeout, bool includePassword)
    {
        var usual = new ConfigurationOptions();
        var parts = options.EndPoints.Select(EndPointCollection.ToString).ToList();
        Add("name", options.ClientName);
        Add("keepAlive", Unusual(options.KeepAlive, usual.KeepAlive));
        Add("syncTimeout", Unusual(options.SyncTimeout, usual.SyncTimeout));
        Add("asyncTimeout", asyncTimeout);
        Add("connectTimeout", Unusual(options.ConnectTimeout, usual.ConnectTimeout));
        Add("connectRetry", Unusual(options.ConnectRetry, usual.ConnectRetry));
        Add("user", options.User);
        Add("password", options.Password is null || includePassword ? options.Password : "*****");
        Add("ssl", options.Ssl ? true : null);
        Add("sslHost", options.SslHost);
        Add("abortConnect", abortConnect);
        Add("defaultDatabase", options.DefaultDatabase);
        return string.Join(',', parts);

        void Add(string key, object? value)
        {
            if (value is not null)
            {
                parts.Add($"{key}={value}");
            }
        }
    }

    private static int? Unusual(int value, int usual) => value == usual ? null : value;

    private static bool Flag(string key, string value) =>
        bool.TryParse(value, out var flag) ? flag
        : value.ToUpperInvariant() switch
        {
            "YES" or "ON" => true,
            "NO" or "OFF" => false,
            _ => throw new ArgumentOutOfRangeException(key, $"Keyword '{key}' requires a boolean value; the value '{value}' is not recognised."),
        };

    private static int Number(string key, string value, int least) =>
        int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least
            ? number
            : throw new ArgumentOutOfRangeException(key, $"Keyword '{key}' requires an integer value of at least {least}; the value '{value}' is not recognised.");
}
