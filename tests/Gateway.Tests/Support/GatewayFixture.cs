using System.Net.Http.Json;
using System.Text.Json;
using ModelOps.Testing;

namespace ModelOps.Gateway.Tests.Support;

/// <summary>A gateway that the tests of a class share, with a Registry to talk to and a database of its own.</summary>
public abstract class GatewayFixture(PostgresFixture postgres, params (string Key, string Value)[] settings) : IAsyncLifetime
{
    internal PeerRegistry Registry { get; private set; } = null!;

    internal RunningGateway Gateway { get; private set; } = null!;

    internal string Database { get; private set; } = "";

    public virtual async Task InitializeAsync()
    {
        Registry = await PeerRegistry.StartAsync();
        Database = await postgres.CreateDatabaseAsync();
        Gateway = await RunningGateway.StartAsync(Database, Registry, settings);
    }

    public async Task DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Registry.DisposeAsync();
    }

    /// <summary>Takes every model out of service, so that a test begins with nothing deployed.</summary>
    internal async Task ResetAsync()
    {
        var page = await Gateway.Rest.GetFromJsonAsync<JsonElement>("/api/v1/deployments");
        foreach (var deployment in page.GetProperty("deployments").EnumerateArray())
        {
            using var deleted = await Gateway.Rest.DeleteAsync(
                $"/api/v1/models/{deployment.GetProperty("model").GetString()}/deployment?environment={deployment.GetProperty("environment").GetString()}");
            deleted.EnsureSuccessStatusCode();
        }
        Registry.RestRequests.Clear();
    }
}
