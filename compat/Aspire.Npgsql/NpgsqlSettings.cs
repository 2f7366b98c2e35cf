namespace Aspire.Npgsql;

/// <summary>What <c>AddNpgsqlDataSource</c> reads from <c>Aspire:Npgsql</c> and <c>Aspire:Npgsql:{connectionName}</c>.</summary>
public class NpgsqlSettings
{
    /// <summary>Where the database is; <c>ConnectionStrings:{connectionName}</c> wins over it.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>True: no health check is registered.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>True: commands make no activities.</summary>
    public bool DisableTracing { get; set; }

    /// <summary>True: the package's own meter registration is left out; the application may still listen to the meter.</summary>
    public bool DisableMetrics { get; set; }
}
