using System.Net;
using System.Net.Http.Json;
using Google.Protobuf;
using Grpc.Core;
using ModelOps.Contracts.Registry.V1;
using ModelOps.Gateway.Tests.Support;
using ModelOps.Testing;

namespace ModelOps.Gateway.Tests.Routing;

[Collection(PostgresCollection.Name)]
public sealed class RegistryProxyTests(RegistryProxyTests.Fixture fixture) : IClassFixture<RegistryProxyTests.Fixture>, IAsyncLifetime
{
    private const int MaxUpload = 8 << 20;

    private readonly PeerRegistry _registry = fixture.Registry;
    private readonly RunningGateway _gateway = fixture.Gateway;

    public Task InitializeAsync() => fixture.ResetAsync();

    public Task DisposeAsync()
    {
        _gateway.AssertNoErrors();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Rest_calls_reach_the_registry_with_the_service_credential()
    {
        foreach (var path in new[] { "/api/v1/models", "/api/v1/models/fraud/versions", "/api/v1/models/fraud/versions/1/artifact" })
        {
            using var answer = await _gateway.Rest.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal(["/api/v1/models", "/api/v1/models/fraud/versions", "/api/v1/models/fraud/versions/1/artifact"], _registry.RestRequests.Select(r => r.Path));
        Assert.All(_registry.RestRequests, request => Assert.Equal(("bootstrap-admin", $"Bearer {RunningGateway.ServiceKey}"), (request.Actor, request.Authorization)));
    }

    [Fact]
    public async Task Only_uploads_may_be_larger_than_other_bodies()
    {
        using var upload = await _gateway.Rest.PostAsync("/api/v1/models/fraud/versions", new ByteArrayContent(new byte[MaxUpload]));
        using var tooLarge = await _gateway.Rest.PostAsync("/api/v1/models/fraud/versions", new ByteArrayContent(new byte[MaxUpload + 1]));
        using var other = await _gateway.Rest.PostAsync("/api/v1/models/fraud", new ByteArrayContent(new byte[(1 << 20) + 1]));

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.RequestEntityTooLarge], new[] { upload, tooLarge, other }.Select(r => r.StatusCode));
        Assert.Contains(_registry.RestRequests, request => request.Bytes == MaxUpload);
    }

    [Fact]
    public async Task A_stream_of_chunks_goes_through_up_to_the_limit()
    {
        var client = new ModelRegistry.ModelRegistryClient(_gateway.Channel);

        var uploaded = await UploadAsync(client, chunks: 7);
        var refused = await Assert.ThrowsAsync<RpcException>(() => UploadAsync(client, chunks: 9));

        Assert.Equal((7 << 20, "bootstrap-admin"), (uploaded.SizeBytes, uploaded.Author));
        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
    }

    [Fact]
    public async Task A_registry_that_is_away_is_unavailable_in_both_protocols()
    {
        await using var away = await PeerRegistry.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(fixture.Database, away);
        await away.DisposeAsync();

        using var rest = await gateway.Rest.GetAsync("/api/v1/models");
        var grpc = await Assert.ThrowsAsync<RpcException>(async () => await new ModelRegistry.ModelRegistryClient(gateway.Channel).ListModelsAsync(new(), RunningGateway.KeyHeaders()));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, rest.StatusCode);
        Assert.Contains("the Registry cannot be reached", await rest.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(StatusCode.Unavailable, grpc.StatusCode);
    }

    [Fact]
    public async Task The_address_of_a_deployment_is_the_gateways_own()
    {
        using var answer = await _gateway.Rest.PutAsJsonAsync("/api/v1/models/fraud/deployment", new { version = 77 });

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Empty(_registry.RestRequests);
    }

    public sealed class Fixture(PostgresFixture postgres) : GatewayFixture(
        postgres, ("Gateway:Routing:MaxUploadBytes", $"{MaxUpload}"), ("Gateway:Routing:MaxRequestBytes", $"{1 << 20}"));

    private static async Task<ModelVersion> UploadAsync(ModelRegistry.ModelRegistryClient client, int chunks)
    {
        using var call = client.RegisterModelVersion(RunningGateway.KeyHeaders());
        var chunk = UnsafeByteOperations.UnsafeWrap(new byte[1 << 20]);
        try
        {
            for (var i = 0; i < chunks; i++)
            {
                await call.RequestStream.WriteAsync(new() { Chunk = chunk });
            }
            await call.RequestStream.CompleteAsync();
        }
        catch (RpcException)
        {
            // The server ended the call before everything was written; its answer tells why.
            return await call.ResponseAsync;
        }
        return await call.ResponseAsync;
    }
}
