namespace Grpc.Net.Client;

/// <summary>The HTTP handler of channels that are given none.</summary>
internal static class DefaultHttpHandler
{
    /// <summary>A second connection opens when the first has as many streams as its server allows.</summary>
    public static SocketsHttpHandler Create() => new() { EnableMultipleHttp2Connections = true };
}
