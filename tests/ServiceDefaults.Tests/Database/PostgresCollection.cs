using ModelOps.Testing;

namespace ModelOps.ServiceDefaults.Tests.Database;

/// <summary>One server for all tests that need a database.</summary>
[CollectionDefinition(nameof(PostgresCollection))]
public sealed class PostgresCollection : ICollectionFixture<PostgresFixture>;
