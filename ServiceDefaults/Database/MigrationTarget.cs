namespace ModelOps.ServiceDefaults.Database;

/// <summary>A set of migrations and where they go.</summary>
/// <param name="ConnectionName">Name of the database.</param>
/// <param name="Schema">Schema that is made for them and holds their history; null: the one that the connection looks in first.</param>
/// <param name="Scripts">The files.</param>
internal sealed record MigrationTarget(string ConnectionName, string? Schema, Func<IReadOnlyList<Migration>> Scripts);
