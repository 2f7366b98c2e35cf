using Grpc.Core.Interceptors;

namespace Grpc.Net.ClientFactory;

/// <summary>How long an interceptor lives.</summary>
public enum InterceptorScope
{
    /// <summary>One for all clients of the channel.</summary>
    Channel = 0,

    /// <summary>One for each client.</summary>
    Client = 1,
}

/// <summary>An interceptor of the clients of one name.</summary>
public class InterceptorRegistration
{
    public InterceptorRegistration(InterceptorScope scope, Func<IServiceProvider, Interceptor> creator)
    {
        ArgumentNullException.ThrowIfNull(creator);
        Scope = scope;
        Creator = creator;
    }

    public InterceptorScope Scope { get; }

    public Func<IServiceProvider, Interceptor> Creator { get; }
}
