using System.Net;

namespace StackExchange.Redis.Connections;

/// <summary>Who is told that a connection broke or stands again.</summary>
internal sealed record BridgeEvents(Action<EndPoint, ConnectionFailure> Failed, Action<EndPoint> Restored);
