using Microsoft.Extensions.Logging;
using StackExchange.Redis.Configuration;

namespace StackExchange.Redis;

/// <summary>Where the server is and how to speak with it. Times are in milliseconds unless said.</summary>
public sealed class ConfigurationOptions
{
    private const int DefaultTimeout = 5000;
    private bool? _abortOnConnectFail;
    private int? _asyncTimeout;
    private IReconnectRetryPolicy? _reconnectRetryPolicy;

    /// <summary>True (the usual): connecting fails when there is no server. False: it is tried on, in the background.</summary>
    public bool AbortOnConnectFail
    {
        get => _abortOnConnectFail ?? Defaults.AbortOnConnectFail;
        set => _abortOnConnectFail = value;
    }

    /// <summary>How long an awaited command may take; <see cref="SyncTimeout"/> unless set.</summary>
    public int AsyncTimeout
    {
        get => _asyncTimeout ?? SyncTimeout;
        set => _asyncTimeout = value;
    }

    public BacklogPolicy BacklogPolicy { get; set; } = BacklogPolicy.Default;

    /// <summary>The name that Redis shows of this connection; the machine's unless set.</summary>
    public string? ClientName { get; set; }

    /// <summary>How often the first connection is tried.</summary>
    public int ConnectRetry { get; set; } = 3;

    /// <summary>How long one attempt to connect may take.</summary>
    public int ConnectTimeout { get; set; } = DefaultTimeout;

    /// <summary>The database unless a caller asks for another one.</summary>
    public int? DefaultDatabase { get; set; }

    /// <summary>What options have that nobody set.</summary>
    public DefaultOptionsProvider Defaults { get; set; } = new();

    public EndPointCollection EndPoints { get; init; } = [];

    /// <summary>After how many seconds without traffic the server is asked whether it is there; 60 unless set.</summary>
    public int KeepAlive { get; set; } = -1;

    /// <summary>Lost and restored connections are logged there.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    public string? Password { get; set; }

    public IReconnectRetryPolicy ReconnectRetryPolicy
    {
        get => _reconnectRetryPolicy ??= new ExponentialRetry(ConnectTimeout / 2);
        set => _reconnectRetryPolicy = value;
    }

    /// <summary>Whether the connection is encrypted.</summary>
    public bool Ssl { get; set; }

    /// <summary>The name that the server's certificate must have; the host's unless set.</summary>
    public string? SslHost { get; set; }

    /// <summary>How long a blocking command may take.</summary>
    public int SyncTimeout { get; set; } = DefaultTimeout;

    public string? User { get; set; }

    /// <summary>Reads <c>host:port,option=value,...</c>.</summary>
    /// <exception cref="ArgumentException">An option is not known, or its value is not one.</exception>
    public static ConfigurationOptions Parse(string configuration) => Parse(configuration, ignoreUnknown: false);

    /// <inheritdoc cref="Parse(string)"/>
    public static ConfigurationOptions Parse(string configuration, bool ignoreUnknown)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var options = new ConfigurationOptions();
        ConfigurationText.Read(options, configuration, ignoreUnknown);
        return options;
    }

    /// <summary>Changes this, and returns it.</summary>
    public ConfigurationOptions Apply(Action<ConfigurationOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(this);
        return this;
    }

    public ConfigurationOptions Clone() => new()
    {
        EndPoints = [.. EndPoints],
        _abortOnConnectFail = _abortOnConnectFail,
        _asyncTimeout = _asyncTimeout,
        _reconnectRetryPolicy = _reconnectRetryPolicy,
        BacklogPolicy = BacklogPolicy,
        ClientName = ClientName,
        ConnectRetry = ConnectRetry,
        ConnectTimeout = ConnectTimeout,
        DefaultDatabase = DefaultDatabase,
        Defaults = Defaults,
        KeepAlive = KeepAlive,
        LoggerFactory = LoggerFactory,
        Password = Password,
        Ssl = Ssl,
        SslHost = SslHost,
        SyncTimeout = SyncTimeout,
        User = User,
    };

    /// <summary>The configuration string, with the password.</summary>
    public override string ToString() => ToString(includePassword: true);

    /// <summary>The configuration string.</summary>
    public string ToString(bool includePassword) => ConfigurationText.Write(this, _abortOnConnectFail, _asyncTimeout, includePassword);
}
