using Grpc.Core;

namespace Grpc.Net.ClientFactory;

/// <summary>The options of a call about to be made, to be changed.</summary>
public class CallOptionsContext
{
    internal CallOptionsContext(CallOptions callOptions, IServiceProvider serviceProvider)
    {
        CallOptions = callOptions;
        ServiceProvider = serviceProvider;
    }

    public CallOptions CallOptions { get; set; }

    public IServiceProvider ServiceProvider { get; }
}
