using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ModelOps.ServiceDefaults.Hosting;

/// <summary>Memory of connections in larger blocks: tensors are megabytes, and every block of one is a call of the system.</summary>
internal static class TransportMemoryExtensions
{
    public static void AddTransportMemory(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, TransportPool.Factory>();
        builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.ConfigureEndpointDefaults(listen => listen.Use(TransportPool.Divide)));
    }
}
