using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using ModelOps.Contracts.Gateway.V1;
using ModelOps.Inference.Models;
using ModelOps.Inference.Tests.Support;
using ModelOps.Serving;
using ModelOps.Testing;

namespace ModelOps.Inference.Tests.Artifacts;

public sealed class VersionDetailsTests : IAsyncLifetime
{
    private readonly string _cache = Directory.CreateTempSubdirectory("modelops-details-").FullName;
    private Peers _peers = null!;

    public async Task InitializeAsync()
    {
        _peers = await Peers.StartAsync();
        _peers.Reads("m", 1, "fraud", 3);
        _peers.Serves("m", 1, """{"batching":{"max_batch_size":8},"instances":{"count":2}}""");
        _peers.Want(2, _peers.Store("m", 1, OnnxModels.AddConstant(1)));
    }

    public async Task DisposeAsync()
    {
        await _peers.DisposeAsync();
        Directory.Delete(_cache, recursive: true);
    }

    [Fact]
    public async Task A_replica_restarted_while_the_Registry_and_the_line_to_it_are_dead_serves_from_disk()
    {
        using var line = new TcpRelay(_peers.Address);
        line.Mend();
        await using (var first = await InferenceApp.StartAsync(_peers, Cache, ("Registry:Address", line.ConnectionString)))
        {
            await first.ReadyAsync("m", 1);
        }
        line.Cut();

        await AssertServesAsync(line.ConnectionString);

        Assert.Equal((1, 1), (_peers.Downloads, _peers.Lookups));
    }

    [Fact]
    public async Task So_does_one_whose_Registry_takes_connections_and_never_answers()
    {
        await using (var first = await InferenceApp.StartAsync(_peers, Cache))
        {
            await first.ReadyAsync("m", 1);
        }
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();

        await AssertServesAsync($"http://{silent.LocalEndpoint}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"feature_service\":\"fraud\",\"feature_service_version\":3}")]
    public async Task What_is_kept_in_a_form_of_before_or_damaged_is_asked_for_again(string kept)
    {
        await using (var first = await InferenceApp.StartAsync(_peers, Cache))
        {
            await first.ReadyAsync("m", 1);
        }
        var file = Directory.EnumerateFiles(_cache, "version-*.json", SearchOption.AllDirectories).Single();
        await File.WriteAllTextAsync(file, kept);

        await AssertServesAsync(_peers.Address);

        Assert.Equal((1, 2), (_peers.Downloads, _peers.Lookups));
    }

    [Fact]
    public async Task A_version_whose_serving_configuration_cannot_be_read_fails_with_the_field_and_the_rule()
    {
        _peers.Serves("newer", 1, """{"batching":{"max_batch_size":8,"of_next_year":1}}""");
        await using var app = await InferenceApp.StartAsync(_peers, Cache);

        _peers.Want(3, _peers.Store("newer", 1, OnnxModels.AddConstant(1)), _peers.Store("m", 1, OnnxModels.AddConstant(1)));
        await Poll.UntilAsync("it is refused", () => _peers.Reported("newer", 1)?.State == LoadState.Failed);

        Assert.Equal("serving.batching.of_next_year: is not known", _peers.Reported("newer", 1)!.Reason);
        await app.ReadyAsync("m", 1);
    }

    private (string Key, string Value) Cache => ("Inference:CacheDirectory", _cache);

    private async Task AssertServesAsync(string registry)
    {
        await using var app = await InferenceApp.StartAsync(_peers, Cache, ("Registry:Address", registry));
        await app.ReadyAsync("m", 1);

        var answer = await app.InferAsync(Requests.Of("m", Requests.Floats("x", [1, 1], 0)));
        using var lease = app.Services.GetRequiredService<ModelCatalog>().Acquire("m", "").Value;

        Assert.Equal(1, Requests.FloatsOf(answer, 0).Single());
        Assert.Equal((8, 2), (lease.Model.Serving.Batching.MaxBatchSize, lease.Model.Serving.Instances.Count));
        Assert.Equal(ServingConfiguration.Default.Batching.PriorityLevels, lease.Model.Serving.Batching.PriorityLevels);
        Assert.Equal(new FeatureServiceReference("fraud", 3), lease.Model.FeatureService);
    }
}
