using ModelOps.Testing;

namespace ModelOps.ServiceDefaults.Tests.Messaging;

/// <summary>One broker, and a database server beside it, for all tests that need a broker.</summary>
[CollectionDefinition(nameof(MessagingCollection))]
public sealed class MessagingCollection : ICollectionFixture<RabbitMQFixture>, ICollectionFixture<PostgresFixture>;
