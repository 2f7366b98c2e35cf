using System.ComponentModel.DataAnnotations;

namespace ModelOps.ServiceDefaults.Database;

/// <summary>How long a service waits for its database at start.</summary>
public sealed class MigrationOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Migrations";

    /// <summary>How long a database that does not answer is waited for.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan WaitForDatabase { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long one file may run, waiting for another replica included.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromMinutes(10);
}
