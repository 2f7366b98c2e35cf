using System.Text;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using ModelOps.Grpc.Tests.Hosting;
using ModelOps.Testing;

namespace ModelOps.Grpc.Tests.Wire;

/// <summary>Marshallers written by hand, good ones and bad ones, on both sides.</summary>
public sealed class MarshallerTests
{
    [Theory]
    [InlineData("array")]
    [InlineData("writer")]
    [InlineData("announced writer")]
    public async Task Every_way_to_serialize_arrives_whole(string way)
    {
        await using var server = await StartAsync();

        var reply = await CallAsync(server, way, way);

        Assert.Equal("echo " + way, reply);
    }

    [Theory]
    [InlineData("throws")]
    [InlineData("forgets to complete")]
    [InlineData("lies about its length")]
    [InlineData("throws half-way")]
    public async Task A_marshaller_that_fails_on_the_client_fails_its_call(string way)
    {
        await using var server = await StartAsync();
        using var active = new ActiveCalls(server);

        await Expect.FailureAsync(StatusCode.Internal, CallAsync(server, way, "array"));

        await Poll.UntilAsync("no call is left", () => active is { Server: 0, Client: 0 });
    }

    [Theory]
    [InlineData("throws", StatusCode.Unknown)]
    [InlineData("forgets to complete", StatusCode.Unknown)]
    [InlineData("lies about its length", StatusCode.Internal)]
    [InlineData("throws half-way", StatusCode.Internal)]
    public async Task A_marshaller_that_fails_on_the_server_fails_its_call_and_no_other(string way, StatusCode code)
    {
        await using var server = await StartAsync();
        using var active = new ActiveCalls(server);

        await Expect.FailureAsync(code, CallAsync(server, "array", way));

        Assert.Equal("echo array", await CallAsync(server, "array", "array"));
        await Poll.UntilAsync("no call is left", () => active is { Server: 0, Client: 0 });
    }

    private static Task<ProbeServer> StartAsync() => ProbeServer.StartAsync(pipeline: app => app.MapGrpcService<TextService>());

    /// <summary>Calls with a request that is serialized one way and asks for a reply that is serialized the other.</summary>
    private static async Task<string> CallAsync(ProbeServer server, string requestWay, string replyWay)
    {
        var invoker = server.Channel().CreateCallInvoker();
        using var call = invoker.AsyncUnaryCall(TextService.Echo, null, default, new Text(requestWay, replyWay));
        return (await call.ResponseAsync.WaitAsync(Expect.Patience)).Value;
    }

    /// <summary>A text and the way it serializes itself.</summary>
    internal sealed record Text(string Way, string Value)
    {
        public static readonly Marshaller<Text> Marshaller = Marshallers.Create<Text>(
            Serialize, context => new Text("array", Encoding.UTF8.GetString(context.PayloadAsNewBuffer())));

        private static void Serialize(Text text, SerializationContext context)
        {
            var bytes = Encoding.UTF8.GetBytes(text.Value);
            switch (text.Way)
            {
                case "array":
                    context.Complete(bytes);
                    break;
                case "writer":
                    Write(context, bytes);
                    context.Complete();
                    break;
                case "announced writer":
                    context.SetPayloadLength(bytes.Length);
                    Write(context, bytes);
                    context.Complete();
                    break;
                case "throws":
                    throw new InvalidOperationException("no");
                case "lies about its length":
                    context.SetPayloadLength(bytes.Length + 7);
                    Write(context, bytes);
                    context.Complete();
                    break;
                case "throws half-way":
                    context.SetPayloadLength(bytes.Length);
                    Write(context, bytes[..1]);
                    throw new InvalidOperationException("no");
                default:
                    Write(context, bytes);
                    break;
            }
        }

        private static void Write(SerializationContext context, byte[] bytes)
        {
            var writer = context.GetBufferWriter();
            bytes.CopyTo(writer.GetSpan(bytes.Length));
            writer.Advance(bytes.Length);
        }
    }

    [BindServiceMethod(typeof(TextService), nameof(Bind))]
    internal sealed class TextService
    {
        public static readonly Method<Text, Text> Echo = new(MethodType.Unary, "tests.Text", "Reply", Text.Marshaller, Text.Marshaller);

        public static void Bind(ServiceBinderBase binder, TextService? service) =>
            binder.AddMethod(Echo, service is null ? null : new UnaryServerMethod<Text, Text>(service.Reply));

        public Task<Text> Reply(Text request, ServerCallContext context) => Task.FromResult(new Text(request.Value, "echo " + request.Value));
    }
}
