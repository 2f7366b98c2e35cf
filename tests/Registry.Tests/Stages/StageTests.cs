using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using Grpc.Core;
using ModelOps.Contracts.Registry.V1;
using ModelOps.Registry.Tests.Support;
using Npgsql;

namespace ModelOps.Registry.Tests.Stages;

[Collection(RegistryFixture.Name)]
public sealed class StageTests(RegistryFixture fixture)
{
    private readonly RegistryHost _host = fixture.Host;

    [Fact]
    public async Task A_version_that_passes_its_gates_is_in_staging_and_its_events_are_in_the_transaction()
    {
        var passing = await RegisterPassingAsync("staged", 1);
        var failing = await _host.RegisterAsync("staged", TestModels.Make(2));

        Assert.Equal((Stage.Staging, Stage.Experimental), (passing.Stage, failing.Stage));
        Assert.True(passing.Governance.Passed);
        Assert.Equal(
            ["metrics.accuracy: is missing, must be at least 0.8", "metrics.f1: is missing, must be at least 0.8",
                "metrics.precision: is missing, must be at least 0.8", "metrics.recall: is missing, must be at least 0.8"],
            failing.Governance.Gates.Select(gate => $"{gate.Gate}: {gate.Detail}"));
        Assert.Equal(
            ["ModelVersionRegistered 1 staging", "ModelVersionStageChanged 1 staging", "ModelVersionRegistered 2 experimental"],
            await EventsAsync("staged"));
    }

    [Fact]
    public async Task A_version_that_becomes_production_archives_the_one_that_was_and_the_history_says_who_and_why()
    {
        await RegisterPassingAsync("promoted", 1);
        await RegisterPassingAsync("promoted", 2);
        await MoveAsync("promoted", 1, Stage.Production);

        var second = await MoveAsync("promoted", 2, Stage.Production, "better");
        var again = await MoveAsync("promoted", 2, Stage.Production, "again");
        var first = await GetAsync("promoted", 1);
        using var http = _host.CreateHttp();
        var history = await http.GetFromJsonAsync<JsonElement>("/api/v1/models/promoted/versions/1/stage-changes");

        Assert.Equal((Stage.Production, Stage.Production, Stage.Archived), (second.Stage, again.Stage, first.Stage));
        Assert.Equal(
            ["production archived tester version 2 took its place", "staging production tester ", "experimental staging tester passed its gates"],
            history.GetProperty("changes").EnumerateArray().Select(change =>
                $"{change.GetProperty("from")} {change.GetProperty("to")} {change.GetProperty("actor")} {change.GetProperty("reason")}"));
        Assert.Equal(
            ["ModelVersionStageChanged 1 archived", "ModelVersionStageChanged 2 production"], (await EventsAsync("promoted")).TakeLast(2));
    }

    [Fact]
    public async Task Fifty_racing_promotions_leave_exactly_one_version_in_production()
    {
        for (var version = 1; version <= 10; version++)
        {
            await RegisterPassingAsync("raced", version);
        }

        // Ten versions, five times each: a version that was replaced meanwhile is refused, nothing else happens.
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => TryMoveAsync("raced", (i % 10) + 1)));
        var stages = (await _host.Client.ListModelVersionsAsync(new() { Model = "raced" }, RegistryHost.Headers(), Uploads.Deadline)).Versions.Select(version => version.Stage);

        Assert.All(outcomes, status => Assert.Contains(status, new[] { StatusCode.OK, StatusCode.FailedPrecondition }));
        Assert.Equal([(Stage.Production, 1), (Stage.Archived, 9)], stages.CountBy(stage => stage).OrderBy(count => count.Key).Select(count => (count.Key, count.Value)));
        Assert.Equal(10, (await EventsAsync("raced")).Count(text => text.EndsWith(" production", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_illegal_move_and_a_move_without_passed_gates_are_refused_with_the_reason()
    {
        await _host.RegisterAsync("refused", TestModels.Make(1));

        var gates = await RefusedAsync("refused", 1, Stage.Staging);
        var illegal = await RefusedAsync("refused", 1, Stage.Production);
        var unknown = await RefusedAsync("refused", 9, Stage.Archived);
        var none = await RefusedAsync("refused", 1, Stage.Unspecified);
        var reason = await RefusedAsync("refused", 1, Stage.Archived, new string('x', 1_025));

        Assert.Equal((StatusCode.FailedPrecondition, 4), (gates.StatusCode, gates.Status.Detail.Split("; ").Length));
        Assert.Equal((StatusCode.FailedPrecondition, "a version in experimental moves to staging, archived, deprecated only, not to production"), (illegal.StatusCode, illegal.Status.Detail));
        Assert.Equal(StatusCode.NotFound, unknown.StatusCode);
        Assert.Equal((StatusCode.InvalidArgument, true), (none.StatusCode, none.Status.Detail.StartsWith("stage: ", StringComparison.Ordinal)));
        Assert.Equal((StatusCode.InvalidArgument, "reason: may have at most 1024 characters, it has 1025"), (reason.StatusCode, reason.Status.Detail));
    }

    [Fact]
    public async Task Over_REST_a_version_is_moved_by_name()
    {
        await RegisterPassingAsync("rest-stage", 1);
        using var http = _host.CreateHttp();

        using var moved = await http.PostAsJsonAsync("/api/v1/models/rest-stage/versions/1/stage", new { stage = "production", reason = "first" });
        using var bad = await http.PostAsJsonAsync("/api/v1/models/rest-stage/versions/1/stage", new { stage = "live" });
        var version = await moved.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal("production", version.GetProperty("stage").GetString());
        Assert.True(version.GetProperty("governance").GetProperty("passed").GetBoolean());
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        Assert.Equal("stage", (await bad.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("field").GetString());
    }

    [Fact]
    public async Task A_grant_is_given_to_versions_that_may_serve_and_refused_with_every_reason()
    {
        await RegisterPassingAsync("granted", 1);
        await _host.RegisterAsync("granted", TestModels.Make(2));

        var granted = await _host.Client.GrantRolloutAsync(new() { Model = "granted", Version = 1 }, RegistryHost.Headers(), Uploads.Deadline);
        var refused = await Assert.ThrowsAsync<RpcException>(async () =>
            await _host.Client.GrantRolloutAsync(new() { Model = "granted", Version = 2 }, RegistryHost.Headers(), Uploads.Deadline));

        Assert.Equal(Stage.Staging, granted.Version.Stage);
        Assert.Equal((StatusCode.FailedPrecondition, 5), (refused.StatusCode, refused.Status.Detail.Split("; ").Length));
    }

    private Task<ModelVersion> RegisterPassingAsync(string model, float weight) => _host.RegisterAsync(
        new RegisterModelVersionHeader { Model = model, Metrics = { ["accuracy"] = 0.9, ["precision"] = 0.8, ["recall"] = 0.95, ["f1"] = 0.85 } }, TestModels.Make(weight));

    private async Task<ModelVersion> MoveAsync(string model, long version, Stage stage, string reason = "") => await _host.Client.TransitionStageAsync(
        new() { Model = model, Version = version, Stage = stage, Reason = reason }, RegistryHost.Headers(), Uploads.Deadline);

    private async Task<StatusCode> TryMoveAsync(string model, long version)
    {
        try
        {
            await MoveAsync(model, version, Stage.Production);
            return StatusCode.OK;
        }
        catch (RpcException e)
        {
            return e.StatusCode;
        }
    }

    private Task<RpcException> RefusedAsync(string model, long version, Stage stage, string reason = "") =>
        Assert.ThrowsAsync<RpcException>(() => MoveAsync(model, version, stage, reason));

    private async Task<ModelVersion> GetAsync(string model, long version) =>
        await _host.Client.GetModelVersionAsync(new() { Model = model, Version = version }, RegistryHost.Headers(), Uploads.Deadline);

    private async Task<List<string>> EventsAsync(string model)
    {
        await using var connection = new NpgsqlConnection(fixture.ConnectionString);
        return [.. await connection.QueryAsync<string>(
            """
            select substring(type from 'V1\.(\w+)') || ' ' || (body->>'Version') || ' ' || coalesce(body->>'Stage', body->>'To')
            from messaging.outbox where aggregate = @aggregate order by sequence
            """,
            new { aggregate = $"model/default/{model}" })];
    }
}
