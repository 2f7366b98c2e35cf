using Google.Protobuf;
using Grpc.Core;
using ModelOps.Contracts.Registry.V1;
using ModelOps.Onnx.Schema;
using ModelOps.Registry.Tests.Support;
using ModelOps.Testing;

namespace ModelOps.Registry.Tests.Versions;

/// <summary>Every upload here is refused by field and rule, and leaves neither a file nor a row.</summary>
[Collection(RegistryFixture.Name)]
public sealed class BadUploadTests(RegistryFixture fixture)
{
    private readonly RegistryHost _host = fixture.Host;

    public static TheoryData<string, string> BadFiles => new()
    {
        { "no-onnx", "is no ONNX model" },
        { "truncated", "is truncated or damaged" },
        { "external-data", "graph.initializer[0].external_data points to a path outside the model" },
        { "cyclic", "is part of a cycle" },
        { "2-to-the-40", "graph.initializer[0].dims [1099511627776] may make at most" },
        { "opset", "opset_import[0].version must be 7 to 25 for ai.onnx, it is 99" },
        { "empty", "is empty" },
    };

    [Theory, MemberData(nameof(BadFiles))]
    public async Task A_file_that_is_not_what_it_should_be_is_refused(string name, string rule)
    {
        var before = _host.Files();

        var refusal = await _host.RefusedAsync(new() { Model = name }, BadFile(name));

        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.StartsWith("artifact: ", refusal.Status.Detail, StringComparison.Ordinal);
        Assert.Contains(rule, refusal.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(before, _host.Files());
        await _host.AssertUnknownAsync(name);
    }

    [Fact]
    public async Task An_artifact_of_the_largest_size_is_taken_and_one_byte_more_is_not()
    {
        var largest = await _host.RegisterAsync("largest", TestModels.OfSize(RegistryHost.MaxArtifactBytes));
        var before = _host.Files();

        var refusal = await _host.RefusedAsync(new() { Model = "too-large" }, TestModels.OfSize(RegistryHost.MaxArtifactBytes + 1));

        Assert.Equal(RegistryHost.MaxArtifactBytes, largest.SizeBytes);
        Assert.Equal((StatusCode.ResourceExhausted, "artifact: must have at most 2097152 bytes"), (refusal.StatusCode, refusal.Status.Detail));
        Assert.Equal(before, _host.Files());
        await _host.AssertUnknownAsync("too-large");
    }

    [Fact]
    public async Task Another_digest_than_the_one_announced_is_refused()
    {
        var refusal = await _host.RefusedAsync(new() { Model = "digest", Sha256 = new string('a', 64) }, TestModels.Make(1));

        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.StartsWith("sha256: must be the digest of the artifact", refusal.Status.Detail, StringComparison.Ordinal);
        await _host.AssertUnknownAsync("digest");
    }

    [Fact]
    public async Task A_bad_field_is_named()
    {
        var refusal = await _host.RefusedAsync(new() { Model = "named", Metrics = { ["auc"] = double.NaN } }, TestModels.Make(1));

        Assert.Equal((StatusCode.InvalidArgument, "metrics.auc: must be finite, it is NaN"), (refusal.StatusCode, refusal.Status.Detail));
    }

    [Fact]
    public async Task An_upload_without_header_is_refused()
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(() => _host.SendAsync([new() { Chunk = ByteString.CopyFrom(1) }]));

        Assert.Equal((StatusCode.InvalidArgument, "header: must be the first message"), (refusal.StatusCode, refusal.Status.Detail));
    }

    [Fact]
    public async Task An_upload_of_nothing_is_refused() =>
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => _host.SendAsync([]))).StatusCode);

    [Fact]
    public async Task A_second_header_is_refused()
    {
        var header = new RegisterModelVersionRequest { Header = new() { Model = "two-headers" } };

        var refusal = await Assert.ThrowsAsync<RpcException>(() => _host.SendAsync([header, header]));

        Assert.Equal((StatusCode.InvalidArgument, "chunk: must be in every message after the header"), (refusal.StatusCode, refusal.Status.Detail));
    }

    [Fact]
    public async Task A_chunk_over_the_limit_is_refused()
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(() => _host.SendAsync([
            new() { Header = new() { Model = "large-chunk" } },
            new() { Chunk = ByteString.CopyFrom(new byte[(1 << 20) + 1]) },
        ]));

        Assert.Equal((StatusCode.InvalidArgument, "chunk: may have at most 1048576 bytes, it has 1048577"), (refusal.StatusCode, refusal.Status.Detail));
    }

    [Fact]
    public async Task Empty_chunks_say_nothing()
    {
        var empty = new RegisterModelVersionRequest { Chunk = ByteString.Empty };

        var version = await _host.SendAsync([
            new() { Header = new() { Model = "gaps" } }, empty, new() { Chunk = ByteString.CopyFrom(TestModels.Make(1)) }, empty,
        ]);

        Assert.Equal(1, version.Version);
    }

    [Fact]
    public async Task An_upload_cut_off_in_the_middle_leaves_nothing()
    {
        var before = _host.Files();
        using (var call = _host.Client.RegisterModelVersion(RegistryHost.Headers(), Uploads.Deadline))
        {
            await call.RequestStream.WriteAsync(new() { Header = new() { Model = "cut" } });
            await call.RequestStream.WriteAsync(new() { Chunk = ByteString.CopyFrom(TestModels.Make(1)[..40]) });
            await Poll.UntilAsync("the upload has begun", () => _host.Files().Count > before.Count);
        }

        await Poll.UntilAsync("the unfinished file is gone", () => _host.Files().SequenceEqual(before));
        await _host.AssertUnknownAsync("cut");
    }

    [Fact]
    public async Task More_uploads_at_once_than_the_limit_are_told_to_come_back()
    {
        var begun = Enumerable.Range(0, 33).Select(_ => _host.Artifacts.Begin()).ToList();

        var refusal = await _host.RefusedAsync(new() { Model = "crowd" }, TestModels.Make(1));
        foreach (var upload in begun.Where(upload => upload.Succeeded))
        {
            await upload.Value!.DisposeAsync();
        }

        Assert.Equal(32, begun.Count(upload => upload.Succeeded));
        Assert.Equal((StatusCode.ResourceExhausted, "32 uploads are under way"), (refusal.StatusCode, refusal.Status.Detail));
        Assert.Equal(1, (await _host.RegisterAsync("crowd", TestModels.Make(1))).Version);
    }

    private static byte[] BadFile(string name)
    {
        var model = TestModels.Model(1);
        switch (name)
        {
            case "no-onnx":
                return "this is text, no model"u8.ToArray();
            case "empty":
                return [];
            case "truncated":
                return model.ToByteArray()[..^20];
            case "external-data":
                model.Graph.Initializer[0].DataLocation = TensorProto.Types.DataLocation.External;
                model.Graph.Initializer[0].ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "../../etc/passwd" });
                break;
            case "cyclic":
                model.Graph.Node[0].Input[1] = "y";
                break;
            case "2-to-the-40":
                model.Graph.Initializer[0].Dims[0] = 1L << 40;
                break;
            default:
                model.OpsetImport[0].Version = 99;
                break;
        }
        return model.ToByteArray();
    }
}
