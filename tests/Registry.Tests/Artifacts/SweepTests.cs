using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModelOps.Registry.Artifacts;
using ModelOps.Registry.Models;
using ModelOps.Registry.Tests.Support;
using ModelOps.Registry.Versions;

namespace ModelOps.Registry.Tests.Artifacts;

[Collection(RegistryFixture.Name)]
public sealed class SweepTests(RegistryFixture fixture)
{
    private static readonly DateTime LongAgo = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private readonly RegistryHost _host = fixture.Host;
    private readonly ArtifactSweep _sweep = fixture.Host.Services.GetServices<IHostedService>().OfType<ArtifactSweep>().Single();

    [Fact]
    public async Task An_artifact_that_no_version_refers_to_is_removed_and_the_others_stay()
    {
        var kept = await _host.RegisterAsync("kept", TestModels.Make(41));
        var leftover = _host.Artifacts.Locate(new string('e', 64));
        leftover.Directory!.Create();
        await File.WriteAllTextAsync(leftover.FullName, "left by a crash between file and row");

        var removed = await _sweep.SweepAsync(CancellationToken.None);

        Assert.Equal(1, removed);
        Assert.False(File.Exists(leftover.FullName));
        Assert.True(_host.Artifacts.Locate(kept.Sha256).Exists);
    }

    [Fact]
    public async Task An_upload_that_nobody_finishes_is_removed()
    {
        var stale = Unfinished("stale", LongAgo);
        var fresh = Unfinished("fresh", TimeProvider.System.GetUtcNow().UtcDateTime);

        var removed = await _sweep.SweepAsync(CancellationToken.None);

        Assert.Equal((1, false, true), (removed, File.Exists(stale), File.Exists(fresh)));
        File.Delete(fresh);
    }

    [Fact]
    public async Task An_upload_that_is_still_written_stays_however_old_it_looks()
    {
        var path = Unfinished("held", LongAgo);
        await using (new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            File.SetLastWriteTimeUtc(path, LongAgo);

            Assert.Equal(0, await _sweep.SweepAsync(CancellationToken.None));
        }

        Assert.True(File.Exists(path));
        File.Delete(path);
    }

    [Fact]
    public async Task A_registration_that_fails_after_its_file_is_in_place_leaves_what_the_sweep_removes()
    {
        var versions = _host.Services.GetRequiredService<VersionStore>();
        var sha256 = new string('d', 64);
        var draft = new ModelVersion(
            ModelKey.Of("", "crashed"), 0, sha256, 1, new([], [], 17), new("", "", "", "", new Dictionary<string, double>(), new Dictionary<string, string>()), LongAgo);

        await Assert.ThrowsAsync<IOException>(() => versions.AddAsync(draft, default, "tester", () => PublishAndFailAsync(sha256), CancellationToken.None));
        var removed = await _sweep.SweepAsync(CancellationToken.None);

        Assert.Equal(1, removed);
        await _host.AssertUnknownAsync("crashed");
        Assert.Equal(1, (await _host.RegisterAsync("crashed", TestModels.Make(1))).Version);
    }

    [Fact]
    public async Task Sweeps_that_race_registrations_remove_nothing_that_is_referred_to()
    {
        using var done = new CancellationTokenSource();
        var sweeping = SweepUntilAsync(done.Token);

        var versions = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => _host.RegisterAsync("swept", TestModels.Make(1_000 + i))));
        await done.CancelAsync();
        await sweeping;

        Assert.All(versions, version => Assert.True(_host.Artifacts.Locate(version.Sha256).Exists));
    }

    [Fact]
    public async Task A_folder_that_was_made_for_another_database_is_left_alone()
    {
        var owner = Path.Combine(_host.Artifacts.Blobs.Parent!.FullName, "database");
        var own = await File.ReadAllTextAsync(owner);
        var leftover = _host.Artifacts.Locate(new string('c', 64));
        leftover.Directory!.Create();
        await File.WriteAllTextAsync(leftover.FullName, "another database refers to this");
        await File.WriteAllTextAsync(owner, $"{Guid.CreateVersion7()}");

        var removed = await _sweep.SweepAsync(CancellationToken.None);
        await File.WriteAllTextAsync(owner, own);

        Assert.Equal((0, true), (removed, File.Exists(leftover.FullName)));
        Assert.Equal(1, await _sweep.SweepAsync(CancellationToken.None));
    }

    private async Task SweepUntilAsync(CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            Assert.Equal(0, await _sweep.SweepAsync(CancellationToken.None));
        }
    }

    private async Task PublishAndFailAsync(string sha256)
    {
        var location = _host.Artifacts.Locate(sha256);
        location.Directory!.Create();
        await File.WriteAllTextAsync(location.FullName, "x");
        throw new IOException("the process dies here");
    }

    private string Unfinished(string name, DateTime lastWrite)
    {
        var path = Path.Combine(_host.Artifacts.Unfinished.FullName, name);
        File.WriteAllText(path, "half");
        File.SetLastWriteTimeUtc(path, lastWrite);
        return path;
    }
}
