using System.Buffers;
using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using ModelOps.Bench.Measuring;
using ModelOps.Bench.V1;

namespace ModelOps.Bench.Grpc;

/// <summary>The service on the gRPC stack, and beside it Kestrel with nothing on it.</summary>
internal sealed class EchoServers : IAsyncDisposable
{
    /// <summary>On the bare server: what the process has used so far.</summary>
    public const string UsagePath = "/usage";

    private readonly WebApplication _grpc;
    private readonly WebApplication _bare;

    private EchoServers(WebApplication grpc, WebApplication bare) => (_grpc, _bare) = (grpc, bare);

    public string GrpcAddress => AddressOf(_grpc);

    public string BareAddress => AddressOf(_bare);

    public static async Task<EchoServers> StartAsync(CancellationToken ct)
    {
        var grpcBuilder = NewBuilder();
        grpcBuilder.Services.AddGrpc();
        var grpc = grpcBuilder.Build();
        grpc.MapGrpcService<MirrorRpc>();
        await grpc.StartAsync(ct);

        var bare = NewBuilder().Build();
        bare.Run(AnswerAsync);
        await bare.StartAsync(ct);
        return new EchoServers(grpc, bare);
    }

    public async ValueTask DisposeAsync()
    {
        await _grpc.DisposeAsync();
        await _bare.DisposeAsync();
    }

    private static WebApplicationBuilder NewBuilder()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        return builder;
    }

    private static string AddressOf(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <summary>Gives the body back as it came, with the trailer a gRPC answer has.</summary>
    private static async Task AnswerAsync(HttpContext http)
    {
        var ct = http.RequestAborted;
        if (http.Request.Path == UsagePath)
        {
            await http.Response.WriteAsJsonAsync(Usage.OfThisProcess(), ct);
            return;
        }
        http.Response.ContentType = "application/grpc";
        var reader = http.Request.BodyReader;
        var read = await reader.ReadAsync(ct);
        while (!read.IsCompleted)
        {
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            read = await reader.ReadAsync(ct);
        }
        foreach (var part in read.Buffer)
        {
            http.Response.BodyWriter.Write(part.Span);
        }
        reader.AdvanceTo(read.Buffer.End);
        http.Response.AppendTrailer("grpc-status", "0");
    }

    private sealed class MirrorRpc : Mirror.MirrorBase
    {
        public override Task<Payload> Echo(Payload request, ServerCallContext context) => Task.FromResult(request);
    }
}
