using Google.Protobuf;
using Grpc.Core;
using ModelOps.Contracts.Registry.V1;

namespace ModelOps.Registry.Tests.Support;

/// <summary>Registrations and downloads as a gRPC client makes them.</summary>
internal static class Uploads
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static DateTime Deadline => TimeProvider.System.GetUtcNow().Add(Limit).UtcDateTime;

    public static Task<ModelVersion> RegisterAsync(this RegistryHost host, string model, byte[] artifact) =>
        host.RegisterAsync(new RegisterModelVersionHeader { Model = model }, artifact);

    public static Task<ModelVersion> RegisterAsync(this RegistryHost host, RegisterModelVersionHeader header, byte[] artifact, int chunkBytes = 64 << 10) =>
        host.SendAsync([
            new() { Header = header },
            .. artifact.Chunk(chunkBytes).Select(chunk => new RegisterModelVersionRequest { Chunk = UnsafeByteOperations.UnsafeWrap(chunk) }),
        ]);

    /// <summary>Sends messages as they are; a server that refuses early is not argued with.</summary>
    public static async Task<ModelVersion> SendAsync(this RegistryHost host, IReadOnlyList<RegisterModelVersionRequest> messages)
    {
        using var call = host.Client.RegisterModelVersion(RegistryHost.Headers(), Deadline);
        try
        {
            foreach (var message in messages)
            {
                await call.RequestStream.WriteAsync(message);
            }
            await call.RequestStream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException)
        {
            // The answer below says why the stream was closed.
        }
        return await call;
    }

    public static async Task<RpcException> RefusedAsync(this RegistryHost host, RegisterModelVersionHeader header, byte[] artifact) =>
        await Assert.ThrowsAsync<RpcException>(() => host.RegisterAsync(header, artifact));

    public static async Task<(ArtifactInfo Info, byte[] Bytes)> DownloadAsync(this RegistryHost host, string model, long version)
    {
        using var call = host.Client.DownloadArtifact(new() { Model = model, Version = version }, RegistryHost.Headers(), Deadline);
        var bytes = new MemoryStream();
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        var info = call.ResponseStream.Current.Info;
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            var chunk = call.ResponseStream.Current.Chunk;
            Assert.InRange(chunk.Length, 1, 64 << 10);
            chunk.WriteTo(bytes);
        }
        return (info, bytes.ToArray());
    }

    public static async Task AssertUnknownAsync(this RegistryHost host, string model)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.ListModelVersionsAsync(new() { Model = model }, RegistryHost.Headers(), Deadline));
        Assert.Equal(StatusCode.NotFound, refusal.StatusCode);
    }
}
