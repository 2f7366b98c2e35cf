using ModelOps.Testing;

namespace ModelOps.ServiceDefaults.Tests.Compat;

/// <summary>One broker for all tests that need one.</summary>
[CollectionDefinition(nameof(RabbitMQCollection))]
public sealed class RabbitMQCollection : ICollectionFixture<RabbitMQFixture>;
