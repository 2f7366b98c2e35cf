using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using ModelOps.Grpc.Tests.Hosting;
using ModelOps.Grpc.Tests.Protos;

namespace ModelOps.Grpc.Tests.Wire;

/// <summary>Memory is counted for the whole process, so these run while nothing else does.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

[Collection(nameof(Alone))]
public sealed class AllocationTests
{
    private const int MiB = 1024 * 1024;

    [Fact]
    public async Task A_unary_call_costs_little_memory_on_both_sides_together()
    {
        await using var server = await ProbeServer.StartAsync();
        var request = new ProbeRequest { Text = new string('x', 90) };
        await RunAsync(500);
        var before = GC.GetTotalAllocatedBytes(precise: true);

        await RunAsync(2000);

        // 6.6 KB in a release build, of which 3.7 KB are HttpClient's and Kestrel's for the same bytes without gRPC.
        Assert.InRange((GC.GetTotalAllocatedBytes(precise: true) - before) / 2000, 0, 12_000);

        async Task RunAsync(int calls)
        {
            for (var i = 0; i < calls; i++)
            {
                await server.Client.UnaryAsync(request);
            }
        }
    }

    [Theory]
    [InlineData(new byte[] { 0, 255, 255, 255, 255 })]
    [InlineData(new byte[] { 0, 128, 0, 0, 0, 1 })]
    [InlineData(new byte[] { 0, 0, 63, 255, 255, 1 })]
    public async Task A_false_length_costs_the_server_no_memory(byte[] body)
    {
        await using var server = await ProbeServer.StartAsync();
        using var http = new RawClient(server.Address);
        var before = GC.GetTotalAllocatedBytes(precise: true);

        var answer = await http.UnaryAsync(body);

        Assert.NotEqual(StatusCode.OK, answer.Code);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 2 * MiB);
    }

    [Fact]
    public async Task A_false_length_costs_the_client_no_memory()
    {
        await using var server = await ProbeServer.StartAsync(pipeline: app => app.Run(async context =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(RawClient.Frame([1], length: 1 << 30));
        }));
        var client = new Probe.ProbeClient(server.Channel(options => options.MaxReceiveMessageSize = null));
        var before = GC.GetTotalAllocatedBytes(precise: true);

        await Expect.FailureAsync(StatusCode.Internal, client.UnaryAsync(new ProbeRequest()));

        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 2 * MiB);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task A_bomb_is_stopped_at_the_receive_limit(string encoding)
    {
        await using var server = await ProbeServer.StartAsync();
        using var http = new RawClient(server.Address);
        var bomb = RawClient.Compress(new byte[200 * MiB], encoding);
        var before = GC.GetTotalAllocatedBytes(precise: true);

        var answer = await http.UnaryAsync(RawClient.Frame(bomb, flag: 1), headers => headers.Add("grpc-encoding", encoding));

        Assert.True(bomb.Length < 4 * MiB);
        Assert.Equal(StatusCode.ResourceExhausted, answer.Code);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 40 * MiB);
    }
}
