namespace Grpc.Net.ClientFactory;

/// <summary>Makes the clients that <c>AddGrpcClient</c> configured, by name.</summary>
public abstract class GrpcClientFactory
{
    public abstract TClient CreateClient<TClient>(string name)
        where TClient : class;
}
