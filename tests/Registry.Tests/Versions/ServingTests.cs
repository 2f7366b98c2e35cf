using System.Net;
using System.Text;
using System.Text.Json;
using Grpc.Core;
using ModelOps.Contracts.Registry.V1;
using ModelOps.Registry.Tests.Support;

namespace ModelOps.Registry.Tests.Versions;

[Collection(RegistryFixture.Name)]
public sealed class ServingTests(RegistryFixture fixture)
{
    private const string Canonical = """{"batching":{"max_batch_size":8},"missing_features":{"policy":"default","defaults":{"amount":1.5,"città":"Roma"}}}""";
    private readonly RegistryHost _host = fixture.Host;

    [Fact]
    public async Task A_serving_configuration_is_kept_in_its_canonical_form()
    {
        var header = new RegisterModelVersionHeader
        {
            Model = "served",
            Serving = """{ "missing_features": { "defaults": { "città": "Roma", "amount": 1.50 }, "policy": "default" }, "batching": { "max_batch_size": 8, "priority_levels": 1 } }""",
        };

        var registered = await _host.RegisterAsync(header, TestModels.Make(1));
        var read = await _host.Client.GetModelVersionAsync(new() { Model = "served", Version = 1 }, RegistryHost.Headers(), Uploads.Deadline);
        var silent = await _host.RegisterAsync("served", TestModels.Make(2));

        Assert.Equal(Canonical, registered.Serving);
        Assert.Equal(registered, read);
        Assert.Equal("{}", silent.Serving);
    }

    [Fact]
    public async Task Over_REST_it_is_an_object_of_the_metadata_and_of_the_version()
    {
        using var http = _host.CreateHttp();
        using var form = Form($$"""{"serving":{{Canonical}}}""");

        using var created = await http.PostAsync("/api/v1/models/rest-served/versions", form);
        using var version = JsonDocument.Parse(await http.GetStringAsync("/api/v1/models/rest-served/versions/1"));

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal(8, version.RootElement.GetProperty("serving").GetProperty("batching").GetProperty("max_batch_size").GetInt32());
        Assert.Equal("Roma", version.RootElement.GetProperty("serving").GetProperty("missing_features").GetProperty("defaults").GetProperty("città").GetString());
    }

    [Fact]
    public async Task The_same_artifact_may_be_registered_again_to_be_served_in_another_way()
    {
        var artifact = TestModels.Make(1);
        await _host.RegisterAsync("served-twice", artifact);

        var other = await _host.RegisterAsync(new RegisterModelVersionHeader { Model = "served-twice", Serving = """{"batching":{"max_batch_size":8}}""" }, artifact);
        var again = await _host.RefusedAsync(new() { Model = "served-twice", Serving = """{ "batching": { "max_batch_size": 8, "enabled": null } }""" }, artifact);

        Assert.Equal(2, other.Version);
        Assert.Equal(StatusCode.AlreadyExists, again.StatusCode);
        Assert.StartsWith("version 2 of served-twice holds the same artifact", again.Status.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("serving.batching.max_batch_size", """{"batching":{"max_batch_size":0}}""")]
    [InlineData("serving.batch", """{"batch":{}}""")]
    [InlineData("serving.missing_features.defaults.x", """{"missing_features":{"policy":"default","defaults":{"x":"\u0000"}}}""")]
    [InlineData("serving", "[]")]
    [InlineData("serving", "{")]
    public async Task A_broken_rule_is_refused_by_its_path_and_nothing_stays(string field, string serving)
    {
        var before = _host.Files();

        var refused = await _host.RefusedAsync(new() { Model = "badly-served", Serving = serving }, TestModels.Make(1));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.StartsWith($"{field}: ", refused.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(before, _host.Files());
        await _host.AssertUnknownAsync("badly-served");
    }

    [Theory]
    [InlineData("serving.instances.count", """{"serving":{"instances":{"count":0}}}""")]
    [InlineData("serving", """{"serving":null}""")]
    [InlineData("serving", """{"serving":"{}"}""")]
    public async Task Over_REST_a_broken_rule_is_a_problem_with_its_field(string field, string metadata)
    {
        using var http = _host.CreateHttp();
        using var form = Form(metadata);

        using var refused = await http.PostAsync("/api/v1/models/badly-served/versions", form);
        using var problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync());

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(field, problem.RootElement.GetProperty("field").GetString());
        await _host.AssertUnknownAsync("badly-served");
    }

    private static MultipartFormDataContent Form(string metadata) => new("a-boundary-of-these-tests")
    {
        { new StringContent(metadata, Encoding.UTF8, "application/json"), "metadata" },
        { new ByteArrayContent(TestModels.Make(1)), "artifact", "model.onnx" },
    };
}
