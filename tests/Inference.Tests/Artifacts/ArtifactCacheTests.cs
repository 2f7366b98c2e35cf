using ModelOps.Inference.Artifacts;
using ModelOps.Inference.Tests.Support;

namespace ModelOps.Inference.Tests.Artifacts;

public sealed class ArtifactCacheTests : IAsyncLifetime
{
    private readonly string _cache = Directory.CreateTempSubdirectory("modelops-cache-").FullName;
    private Peers _peers = null!;

    public async Task InitializeAsync() => _peers = await Peers.StartAsync();

    public async Task DisposeAsync()
    {
        await _peers.DisposeAsync();
        Directory.Delete(_cache, recursive: true);
    }

    [Fact]
    public async Task A_restarted_replica_downloads_nothing_again()
    {
        _peers.Want(2, _peers.Store("m", 1, OnnxModels.AddConstant(1)));

        await LoadAsync("m", 1);
        await LoadAsync("m", 1);

        Assert.Equal((1, 1), (_peers.Downloads, _peers.Lookups));
    }

    [Fact]
    public async Task Two_versions_with_one_content_share_a_file()
    {
        _peers.Want(2, _peers.Store("m", 1, OnnxModels.AddConstant(1)), _peers.Store("other", 1, OnnxModels.AddConstant(1)));

        await LoadAsync("m", 1, "other");

        Assert.Single(Directory.EnumerateFiles(_cache, "model.onnx", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_file_that_was_changed_is_downloaded_again()
    {
        _peers.Want(2, _peers.Store("m", 1, OnnxModels.AddConstant(1)));
        await LoadAsync("m", 1);
        var file = Directory.EnumerateFiles(_cache, "model.onnx", SearchOption.AllDirectories).Single();
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);

        await LoadAsync("m", 1);

        Assert.Equal(2, _peers.Downloads);
    }

    [Fact]
    public void What_was_not_used_for_the_longest_time_goes_first()
    {
        var now = DateTimeOffset.UnixEpoch.AddYears(50);
        var folders = Enumerable.Range(0, 4).Select(i => Fill($"{i}{i}", 100, now.AddHours(i))).ToList();

        CacheEviction.Run(_cache, mostBytes: 250, keep: folders[0], abandonedBefore: now);

        Assert.Equal([true, false, false, true], folders.Select(Directory.Exists));
    }

    [Fact]
    public void Downloads_that_a_crash_left_behind_go()
    {
        var now = DateTimeOffset.UnixEpoch.AddYears(50);
        var (old, young) = (Incoming("old", now.AddHours(-1)), Incoming("young", now.AddHours(1)));

        CacheEviction.Run(_cache, mostBytes: 1000, keep: "", abandonedBefore: now);

        Assert.Equal((false, true), (Directory.Exists(old), Directory.Exists(young)));
    }

    private async Task LoadAsync(string model, long version, params string[] others)
    {
        await using var app = await InferenceApp.StartAsync(_peers, ("Inference:CacheDirectory", _cache));
        await app.ReadyAsync(model, version);
        foreach (var other in others)
        {
            await app.ReadyAsync(other, version);
        }
    }

    private string Fill(string prefix, int bytes, DateTimeOffset lastUse)
    {
        Directory.CreateDirectory(Path.Combine(_cache, CacheEviction.Incoming));
        var folder = Directory.CreateDirectory(Path.Combine(_cache, prefix, $"{prefix}-digest")).FullName;
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), new byte[bytes]);
        File.SetLastWriteTimeUtc(Path.Combine(folder, "model.onnx"), lastUse.UtcDateTime);
        return folder;
    }

    private string Incoming(string name, DateTimeOffset lastWrite)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_cache, CacheEviction.Incoming, name));
        folder.LastWriteTimeUtc = lastWrite.UtcDateTime;
        return folder.FullName;
    }
}
