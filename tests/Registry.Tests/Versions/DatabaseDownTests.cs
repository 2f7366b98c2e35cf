using System.Net;
using Grpc.Core;
using ModelOps.Registry.Tests.Support;
using ModelOps.Testing;

namespace ModelOps.Registry.Tests.Versions;

/// <summary>A database that is gone is said to be unavailable; never that something does not exist.</summary>
public sealed class DatabaseDownTests : IAsyncLifetime
{
    private readonly PostgresFixture _postgres = new();
    private RegistryHost _host = null!;

    public async Task InitializeAsync()
    {
        await _postgres.InitializeAsync();
        _host = await RegistryHost.StartAsync(await _postgres.CreateDatabaseAsync());
        await _host.RegisterAsync("before", TestModels.Make(1));
        await _postgres.DisposeAsync();
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Nothing_is_half_stored_and_nothing_called_unknown()
    {
        var before = _host.Files();
        using var http = _host.CreateHttp();

        var upload = await _host.RefusedAsync(new() { Model = "after" }, TestModels.Make(2));
        var read = await Assert.ThrowsAsync<RpcException>(async () =>
            await _host.Client.GetModelVersionAsync(new() { Model = "before" }, RegistryHost.Headers(), Uploads.Deadline));
        using var rest = await http.GetAsync("/api/v1/models/before/versions");
        using var health = await http.GetAsync("/health");

        Assert.Equal((StatusCode.Unavailable, StatusCode.Unavailable), (upload.StatusCode, read.StatusCode));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable), (rest.StatusCode, health.StatusCode));
        Assert.Equal(before, _host.Files());
    }
}
