using Grpc.Core;
using ModelOps.Grpc.Tests.Protos;

namespace ModelOps.Grpc.Tests.Hosting;

/// <summary>The handlers of one test.</summary>
internal sealed class ProbeBehavior
{
    public UnaryServerMethod<ProbeRequest, ProbeReply> Unary { get; set; } = (request, _) => Task.FromResult(Echo(request));

    public ClientStreamingServerMethod<ProbeRequest, ProbeReply> ClientStream { get; set; } = async (requests, context) =>
    {
        var texts = new List<string>();
        await foreach (var request in requests.ReadAllAsync(context.CancellationToken))
        {
            texts.Add(request.Text);
        }
        return new ProbeReply { Text = string.Join(',', texts), Count = texts.Count };
    };

    public ServerStreamingServerMethod<ProbeRequest, ProbeReply> ServerStream { get; set; } = async (request, responses, context) =>
    {
        for (var i = 0; i < request.Count; i++)
        {
            await responses.WriteAsync(new ProbeReply { Text = request.Text, Count = i }, context.CancellationToken);
        }
    };

    public DuplexStreamingServerMethod<ProbeRequest, ProbeReply> Duplex { get; set; } = async (requests, responses, context) =>
    {
        await foreach (var request in requests.ReadAllAsync(context.CancellationToken))
        {
            await responses.WriteAsync(Echo(request), context.CancellationToken);
        }
    };

    public static ProbeReply Echo(ProbeRequest request) => new() { Text = request.Text, Count = request.Count, Payload = request.Payload };
}
