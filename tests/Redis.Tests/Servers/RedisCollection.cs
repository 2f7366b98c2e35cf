using ModelOps.Testing;

namespace ModelOps.Redis.Tests.Servers;

/// <summary>One server for all tests that do not harm it.</summary>
[CollectionDefinition(nameof(RedisCollection))]
public sealed class RedisCollection : ICollectionFixture<RedisFixture>;
