using System.Security.Cryptography;
using Grpc.Core;
using ModelOps.Registry.Tests.Support;

namespace ModelOps.Registry.Tests.Artifacts;

[Collection(RegistryFixture.Name)]
public sealed class DownloadTests(RegistryFixture fixture)
{
    private readonly RegistryHost _host = fixture.Host;

    [Fact]
    public async Task What_comes_down_is_what_went_up()
    {
        var artifact = TestModels.OfSize(1_000_001);
        await _host.RegisterAsync("down", artifact);

        var (info, bytes) = await _host.DownloadAsync("down", 1);

        Assert.Equal(artifact, bytes);
        Assert.Equal((Convert.ToHexStringLower(SHA256.HashData(artifact)), (long)artifact.Length), (info.Sha256, info.SizeBytes));
    }

    [Theory]
    [InlineData(500_000)]
    [InlineData(10)]
    public async Task A_bit_that_changed_on_disk_is_data_loss_and_the_artifact_never_complete(int size)
    {
        var model = $"rotten-{size}";
        var location = await RegisterAsync(model, TestModels.OfSize(size + 200));
        var bytes = await File.ReadAllBytesAsync(location);
        bytes[size / 2] ^= 1;
        await File.WriteAllBytesAsync(location, bytes);

        var refusal = await Assert.ThrowsAsync<RpcException>(() => _host.DownloadAsync(model, 1));
        using var http = _host.CreateHttp();
        var overRest = await Record.ExceptionAsync(async () => (await http.GetAsync($"/api/v1/models/{model}/versions/1/artifact")).EnsureSuccessStatusCode());

        Assert.Equal(StatusCode.DataLoss, refusal.StatusCode);
        Assert.IsType<HttpRequestException>(overRest);
        AssertLogged("ArtifactDamaged", times: 2);
    }

    [Fact]
    public async Task An_artifact_cut_on_disk_is_data_loss_before_the_first_byte()
    {
        var location = await RegisterAsync("short", TestModels.Make(31));
        await using (var file = File.OpenWrite(location))
        {
            file.SetLength(5);
        }

        var refusal = await Assert.ThrowsAsync<RpcException>(() => _host.DownloadAsync("short", 1));

        Assert.Equal(StatusCode.DataLoss, refusal.StatusCode);
        AssertLogged("ArtifactMissing", times: 1);
    }

    [Fact]
    public async Task Registering_the_same_bytes_elsewhere_repairs_a_damaged_artifact()
    {
        var artifact = TestModels.Make(32);
        var location = await RegisterAsync("broken", artifact);
        await File.WriteAllBytesAsync(location, new byte[artifact.Length]);

        await _host.RegisterAsync("repairing", artifact);

        Assert.Equal(artifact, (await _host.DownloadAsync("broken", 1)).Bytes);
    }

    [Fact]
    public async Task Registering_the_same_bytes_again_is_refused_and_repairs_a_lost_artifact()
    {
        var artifact = TestModels.Make(33);
        var location = await RegisterAsync("lost", artifact);
        File.Delete(location);

        var refusal = await Assert.ThrowsAsync<RpcException>(() => _host.RegisterAsync("lost", artifact));

        Assert.Equal(StatusCode.AlreadyExists, refusal.StatusCode);
        Assert.Equal(artifact, (await _host.DownloadAsync("lost", 1)).Bytes);
    }

    [Fact]
    public async Task An_unknown_version_is_not_found() =>
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => _host.DownloadAsync("nobody", 1))).StatusCode);

    private async Task<string> RegisterAsync(string model, byte[] artifact) =>
        _host.Artifacts.Locate((await _host.RegisterAsync(model, artifact)).Sha256).FullName;

    private void AssertLogged(string name, int times)
    {
        for (var i = 0; i < times; i++)
        {
            Assert.StartsWith($"{name}: ", _host.Errors.Take(), StringComparison.Ordinal);
        }
    }
}
