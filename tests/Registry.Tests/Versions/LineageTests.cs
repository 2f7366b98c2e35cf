using System.Net;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using ModelOps.Contracts.Registry.V1;
using ModelOps.Registry.Tests.Support;

namespace ModelOps.Registry.Tests.Versions;

[Collection(RegistryFixture.Name)]
public sealed class LineageTests(RegistryFixture fixture)
{
    private readonly RegistryHost _host = fixture.Host;

    [Fact]
    public async Task Lineage_and_profile_are_kept_as_they_were_given()
    {
        await _host.RegisterAsync("lineage", TestModels.Make(1));
        var header = new RegisterModelVersionHeader
        {
            Model = "lineage",
            Lineage = new() { RunId = "run-1", DatasetSha256 = new string('a', 64), ParentVersion = 1, FeatureService = "fraud", FeatureServiceVersion = 3 },
            ReferenceProfile = Profiles.Make(),
        };

        var registered = await _host.RegisterAsync(header, TestModels.Make(2));
        var read = await _host.Client.GetModelVersionAsync(new() { Model = "lineage", Version = 2 }, RegistryHost.Headers(), Uploads.Deadline);
        var profile = await ProfileAsync(2);
        var none = await Assert.ThrowsAsync<RpcException>(() => ProfileAsync(1));

        Assert.Equal(registered, read);
        Assert.Equal(header.Lineage, read.Lineage);
        Assert.True(read.HasReferenceProfile);
        Assert.Equal(header.ReferenceProfile, profile);
        Assert.Equal((StatusCode.NotFound, "version 1 of lineage has no reference profile"), (none.StatusCode, none.Status.Detail));
    }

    [Fact]
    public async Task Over_REST_lineage_is_metadata_and_the_profile_a_part()
    {
        using var http = _host.CreateHttp();
        using var form = Form("""{"lineage":{"run_id":"r","feature_service":"fraud","feature_service_version":1}}""", Profiles.Make().ToByteArray());

        using var created = await http.PostAsync("/api/v1/models/rest-lineage/versions", form);
        var profile = await http.GetByteArrayAsync("/api/v1/models/rest-lineage/versions/1/profile");

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Contains(
            """lineage":{"run_id":"r","dataset_sha256":"","parent_version":0,"feature_service":"fraud","feature_service_version":1},"has_reference_profile":true""",
            await created.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(Profiles.Make().ToByteArray(), profile);
    }

    [Theory]
    [InlineData("lineage.run_id", """{ "lineage": { "runId": "a\u0000b" } }""")]
    [InlineData("lineage.dataset_sha256", """{ "lineage": { "datasetSha256": "ABC" } }""")]
    [InlineData("lineage.parent_version", """{ "lineage": { "parentVersion": "-1" } }""")]
    [InlineData("lineage.parent_version", """{ "lineage": { "parentVersion": "1" } }""")]
    [InlineData("lineage.feature_service_version", """{ "lineage": { "featureService": "fraud" } }""")]
    [InlineData("lineage.feature_service_version", """{ "lineage": { "featureServiceVersion": "1" } }""")]
    [InlineData("reference_profile", """{ "referenceProfile": "e30=" }""")]
    public async Task Bad_lineage_is_refused_by_field_and_nothing_stays(string field, string header)
    {
        var before = _host.Files();
        var sent = JsonParser.Default.Parse<RegisterModelVersionHeader>(header);
        sent.Model = "bad-lineage";

        var refused = await _host.RefusedAsync(sent, TestModels.Make(1));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.StartsWith($"{field}: ", refused.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(before, _host.Files());
        await _host.AssertUnknownAsync("bad-lineage");
    }

    [Fact]
    public async Task A_profile_over_1_MiB_is_refused()
    {
        var header = new RegisterModelVersionHeader { Model = "bad-lineage", ReferenceProfile = ByteString.CopyFrom(new byte[(1 << 20) + 1]) };

        var refused = await _host.RefusedAsync(header, TestModels.Make(1));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.StartsWith("reference_profile: ", refused.Status.Detail, StringComparison.Ordinal);
    }

    private async Task<ByteString> ProfileAsync(long version) => (await _host.Client.GetReferenceProfileAsync(
        new() { Model = "lineage", Version = version }, RegistryHost.Headers(), Uploads.Deadline)).Profile;

    private static MultipartFormDataContent Form(string metadata, byte[] profile) => new("a-boundary-of-these-tests")
    {
        { new StringContent(metadata, Encoding.UTF8, "application/json"), "metadata" },
        { new ByteArrayContent(profile), "profile" },
        { new ByteArrayContent(TestModels.Make(1)), "artifact", "model.onnx" },
    };
}
