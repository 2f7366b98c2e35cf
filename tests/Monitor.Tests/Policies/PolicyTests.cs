using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Grpc.Core;
using ModelOps.Contracts.Monitor.V1;
using ModelOps.Monitor.Tests.Support;

namespace ModelOps.Monitor.Tests.Policies;

[Collection(MonitorFixture.Name)]
public sealed class PolicyTests(MonitorFixture fixture)
{
    private readonly MonitorHost _host = fixture.Host;

    [Fact]
    public async Task A_field_left_at_zero_takes_its_default()
    {
        var unset = await _host.Client.GetPolicyAsync(new() { Model = "unset" }, MonitorHost.Headers, MonitorHost.Deadline);
        await _host.SetPolicyAsync(new() { Model = "set", WindowRows = 700, WindowIdleSeconds = 1.5 });
        var set = await _host.Client.GetPolicyAsync(new() { Model = "set" }, MonitorHost.Headers, MonitorHost.Deadline);

        var defaults = new MonitoringPolicy { Workspace = "default", Model = "unset", WindowRows = 100_000, WindowSeconds = 3_600, MinimumRows = 500, DriftedShare = 0.5 };
        Assert.Equal(defaults, unset);
        Assert.Equal(new(defaults) { Model = "set", WindowRows = 700, WindowIdleSeconds = 1.5 }, set);
    }

    public static TheoryData<string, MonitoringPolicy?> Bad => new()
    {
        { "policy", null },
        { "model", new() },
        { "window_rows", new() { Model = "bad", WindowRows = -1 } },
        { "window_rows", new() { Model = "bad", WindowRows = 1_000_001 } },
        { "window_seconds", new() { Model = "bad", WindowSeconds = double.NaN } },
        { "window_idle_seconds", new() { Model = "bad", WindowIdleSeconds = -1 } },
        { "minimum_rows", new() { Model = "bad", MinimumRows = -5 } },
        { "drifted_share", new() { Model = "bad", DriftedShare = 1.01 } },
    };

    [Theory, MemberData(nameof(Bad))]
    public async Task A_bad_policy_is_refused_by_field(string field, MonitoringPolicy? policy)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(async () =>
            await _host.Client.SetPolicyAsync(new() { Policy = policy }, MonitorHost.Headers, MonitorHost.Deadline));

        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.StartsWith($"{field}: ", refusal.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_is_set_and_read_over_rest()
    {
        using var http = _host.CreateHttp();

        using var set = await http.PutAsJsonAsync("/api/v1/monitoring/models/rest-policy/policy", new { window_rows = 250, drifted_share = 0.25 });
        using var wrong = await http.PutAsJsonAsync("/api/v1/monitoring/models/rest-policy/policy", new { drifted_share = 2 });
        using var unknown = await http.PutAsJsonAsync("/api/v1/monitoring/models/rest-policy/policy", new { rows = 2 });
        var read = await http.GetFromJsonAsync<JsonElement>("/api/v1/monitoring/models/rest-policy/policy");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (set.StatusCode, wrong.StatusCode, unknown.StatusCode));
        Assert.Equal("drifted_share", (await wrong.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("field").GetString());
        Assert.Equal((250, 0.25), (read.GetProperty("window_rows").GetInt64(), read.GetProperty("drifted_share").GetDouble()));
    }
}
