using System.Security.Cryptography;
using Grpc.Core;
using ModelOps.Contracts.Registry.V1;
using ModelOps.Registry.Tests.Support;
using Npgsql;

namespace ModelOps.Registry.Tests.Versions;

[Collection(RegistryFixture.Name)]
public sealed class RegistrationTests(RegistryFixture fixture)
{
    private readonly RegistryHost _host = fixture.Host;

    [Fact]
    public async Task What_is_registered_is_what_is_read()
    {
        var artifact = TestModels.Make(1.5f);
        var header = new RegisterModelVersionHeader
        {
            Model = "whole",
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(artifact)),
            Algorithm = "logistic_regression",
            Author = "Zoë",
            Description = "first line\nsecond line",
            TrainingData = "fraud-2026-11",
            Metrics = { ["roc_auc"] = 0.8727532004687163, ["tiny"] = 5e-324 },
            Tags = { ["team"] = "risk 😀" },
        };

        var registered = await _host.RegisterAsync(header, artifact, chunkBytes: 7);
        var read = await _host.Client.GetModelVersionAsync(new() { Model = "whole", Version = 1 }, RegistryHost.Headers(), Uploads.Deadline);

        Assert.Equal(registered, read);
        Assert.Equal(("default", "whole", 1L, header.Sha256, (long)artifact.Length), (read.Workspace, read.Model, read.Version, read.Sha256, read.SizeBytes));
        Assert.Equal((header.Algorithm, header.Author, header.Description, header.TrainingData), (read.Algorithm, read.Author, read.Description, read.TrainingData));
        Assert.Equal(header.Metrics, read.Metrics);
        Assert.Equal(header.Tags, read.Tags);
        Assert.Equal(17, read.Signature.Opset);
        Assert.Equal(new TensorSpec { Name = "x", Datatype = "FP32", Shape = { -1, 1 } }, Assert.Single(read.Signature.Inputs));
        Assert.Equal(new TensorSpec { Name = "y", Datatype = "FP32", Shape = { -1, 1 } }, Assert.Single(read.Signature.Outputs));
    }

    [Fact]
    public async Task The_caller_is_the_author_unless_said() =>
        Assert.Equal("tester", (await _host.RegisterAsync("authored", TestModels.Make(2))).Author);

    [Fact]
    public async Task Version_0_is_the_newest()
    {
        await _host.RegisterAsync("newest", TestModels.Make(1));
        await _host.RegisterAsync("newest", TestModels.Make(2));

        var newest = await _host.Client.GetModelVersionAsync(new() { Model = "newest" }, RegistryHost.Headers(), Uploads.Deadline);

        Assert.Equal(2, newest.Version);
    }

    [Fact]
    public async Task The_same_artifact_again_is_refused_with_the_version_that_holds_it()
    {
        await _host.RegisterAsync("twice", TestModels.Make(1));
        await _host.RegisterAsync("twice", TestModels.Make(2));

        var refusal = await _host.RefusedAsync(new() { Model = "twice" }, TestModels.Make(1));
        var next = await _host.RegisterAsync("twice", TestModels.Make(3));

        Assert.Equal(StatusCode.AlreadyExists, refusal.StatusCode);
        Assert.StartsWith("version 1 of twice holds the same artifact", refusal.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(3, next.Version);
    }

    [Fact]
    public async Task Another_model_and_another_workspace_may_hold_the_same_artifact()
    {
        var artifact = TestModels.Make(11);
        await _host.RegisterAsync("shared-1", artifact);

        var other = await _host.RegisterAsync("shared-2", artifact);
        var elsewhere = await _host.RegisterAsync(new RegisterModelVersionHeader { Workspace = "lab", Model = "shared-1" }, artifact);

        Assert.Equal((1L, 1L, "lab"), (other.Version, elsewhere.Version, elsewhere.Workspace));
        Assert.Equal(artifact, (await _host.DownloadAsync("shared-2", 1)).Bytes);
    }

    [Fact]
    public async Task Twenty_racing_registrations_get_the_numbers_1_to_20()
    {
        var registrations = Enumerable.Range(0, 20).Select(i => _host.RegisterAsync("race", TestModels.Make(i)));

        var versions = await Task.WhenAll(registrations);

        Assert.Equal(Enumerable.Range(1, 20).Select(i => (long)i), versions.Select(version => version.Version).Order());
    }

    [Fact]
    public async Task Of_ten_racing_registrations_of_one_artifact_one_wins()
    {
        var artifact = TestModels.Make(1);
        var registrations = Enumerable.Range(0, 10).Select(async _ =>
        {
            try
            {
                return (await _host.RegisterAsync("duel", artifact)).Version;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.AlreadyExists)
            {
                return 0;
            }
        });

        var versions = await Task.WhenAll(registrations);

        Assert.Equal(1, Assert.Single(versions, version => version > 0));
        Assert.Single((await _host.Client.ListModelVersionsAsync(new() { Model = "duel" }, RegistryHost.Headers(), Uploads.Deadline)).Versions);
    }

    [Fact]
    public async Task A_version_cannot_be_changed_even_in_the_database()
    {
        await _host.RegisterAsync("fixed", TestModels.Make(1));
        await using var source = NpgsqlDataSource.Create(fixture.ConnectionString);
        await using var change = source.CreateCommand("update registry.model_versions set author = 'mallory' where model = 'fixed'");

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => change.ExecuteNonQueryAsync());

        Assert.Equal("a registered version never changes", refusal.MessageText);
    }

    [Fact]
    public async Task An_unknown_version_is_not_found()
    {
        await _host.RegisterAsync("known", TestModels.Make(1));

        var refusal = await Assert.ThrowsAsync<RpcException>(async () =>
            await _host.Client.GetModelVersionAsync(new() { Model = "known", Version = 9 }, RegistryHost.Headers(), Uploads.Deadline));

        Assert.Equal((StatusCode.NotFound, "no version 9 of known"), (refusal.StatusCode, refusal.Status.Detail));
    }

    [Fact]
    public async Task Without_the_credential_nothing_opens()
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(async () =>
            await _host.Client.ListModelsAsync(new(), deadline: Uploads.Deadline));

        Assert.Equal(StatusCode.Unauthenticated, refusal.StatusCode);
    }
}
