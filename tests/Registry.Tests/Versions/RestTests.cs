using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ModelOps.Registry.Tests.Support;
using ModelOps.Testing;

namespace ModelOps.Registry.Tests.Versions;

[Collection(RegistryFixture.Name)]
public sealed class RestTests(RegistryFixture fixture) : IDisposable
{
    private readonly RegistryHost _host = fixture.Host;
    private readonly HttpClient _http = fixture.Host.CreateHttp();

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task A_version_goes_up_is_listed_and_comes_down()
    {
        var artifact = TestModels.Make(1);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(artifact));

        using var created = await PostAsync("rest", """{"algorithm":"add","training_data":"d:1","metrics":{"roc_auc":0.5},"tags":{"a":"b"}}""", artifact);
        var version = await created.Content.ReadFromJsonAsync<JsonElement>();
        var listed = await _http.GetFromJsonAsync<JsonElement>("/api/v1/models/rest/versions");
        var read = await _http.GetStringAsync(created.Headers.Location);
        using var download = await _http.GetAsync("/api/v1/models/rest/versions/1/artifact");

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal((1L, sha256, "tester"), (version.GetProperty("version").GetInt64(), version.GetProperty("sha256").GetString(), version.GetProperty("author").GetString()));
        Assert.Equal("""{"roc_auc":0.5}""", version.GetProperty("metrics").GetRawText());
        Assert.Equal("""{"inputs":[{"name":"x","datatype":"FP32","shape":[-1,1]}],"outputs":[{"name":"y","datatype":"FP32","shape":[-1,1]}],"opset":17}""", version.GetProperty("signature").GetRawText());
        Assert.Equal(version.GetRawText(), read);
        Assert.Equal(version.GetRawText(), listed.GetProperty("versions")[0].GetRawText());
        Assert.Equal("", listed.GetProperty("next_page_token").GetString());
        Assert.Equal(artifact, await download.Content.ReadAsByteArrayAsync());
        Assert.Equal($"\"{sha256}\"", download.Headers.ETag!.Tag);
    }

    [Fact]
    public async Task The_same_artifact_again_is_a_conflict()
    {
        using var first = await PostAsync("rest-twice", "{}", TestModels.Make(1));

        using var second = await PostAsync("rest-twice", "{}", TestModels.Make(1));

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Conflict), (first.StatusCode, second.StatusCode));
    }

    [Theory]
    [InlineData("""{"unknown":1}""", "unknown")]
    [InlineData("""{"algorithm":1}""", "algorithm")]
    [InlineData("""{"algorithm":null}""", "algorithm")]
    [InlineData("""{"metrics":{"auc":"high"}}""", "metrics.auc")]
    [InlineData("""{"metrics":{"auc":1e999}}""", "metrics.auc")]
    [InlineData("""{"sha256":"xyz"}""", "sha256")]
    [InlineData("""{"tags":{"":"x"}}""", "tags")]
    [InlineData("""{"tags":{"a":null}}""", "tags.a")]
    [InlineData("null", "metadata")]
    public async Task Bad_metadata_is_refused_by_field(string metadata, string field)
    {
        var before = _host.Files();

        using var answer = await PostAsync("rest-metadata", metadata, TestModels.Make(1));

        await AssertProblemAsync(answer, HttpStatusCode.BadRequest, field);
        Assert.Equal(before, _host.Files());
    }

    [Fact]
    public async Task Metadata_that_is_no_JSON_is_refused()
    {
        using var answer = await PostAsync("rest-metadata", """{"algorithm":""", TestModels.Make(1));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("must be valid JSON", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metadata_over_64_KiB_is_refused()
    {
        using var answer = await PostAsync("rest-metadata", $$"""{"description":"{{new string('x', 64 << 10)}}"}""", TestModels.Make(1));

        await AssertProblemAsync(answer, HttpStatusCode.RequestEntityTooLarge, "metadata");
    }

    [Fact]
    public async Task A_bad_file_is_refused_by_rule()
    {
        using var answer = await PostAsync("rest-bad", "{}", "no model"u8.ToArray());

        await AssertProblemAsync(answer, HttpStatusCode.BadRequest, "artifact");
        await _host.AssertUnknownAsync("rest-bad");
    }

    [Fact]
    public async Task A_bad_name_is_refused()
    {
        using var answer = await PostAsync("Rest%20Name", "{}", TestModels.Make(1));

        await AssertProblemAsync(answer, HttpStatusCode.BadRequest, "model");
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_by_its_size()
    {
        var before = _host.Files();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/models/rest-large/versions") { Content = Form("{}", new byte[100 << 20]) };
        request.Headers.ExpectContinue = true;

        using var answer = await _http.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal(before, _host.Files());
    }

    [Fact]
    public async Task Parts_in_another_order_are_refused()
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(TestModels.Make(1)), "artifact", "m.onnx" }, { new StringContent("{}"), "metadata" } };

        using var answer = await _http.PostAsync("/api/v1/models/rest-order/versions", form);

        await AssertProblemAsync(answer, HttpStatusCode.BadRequest, "metadata");
    }

    [Fact]
    public async Task A_third_part_is_refused()
    {
        using var form = Form("{}", TestModels.Make(1));
        form.Add(new StringContent("more"), "more");

        using var answer = await _http.PostAsync("/api/v1/models/rest-third/versions", form);

        await AssertProblemAsync(answer, HttpStatusCode.BadRequest, "artifact");
        await _host.AssertUnknownAsync("rest-third");
    }

    [Fact]
    public async Task A_body_that_is_no_form_is_refused()
    {
        using var answer = await _http.PostAsync("/api/v1/models/rest-json/versions", new StringContent("{}", Encoding.UTF8, "application/json"));

        await AssertProblemAsync(answer, HttpStatusCode.BadRequest, "content-type");
    }

    [Fact]
    public async Task A_form_without_its_last_boundary_is_refused()
    {
        var whole = await Form("{}", TestModels.Make(1)).ReadAsByteArrayAsync();
        using var content = new ByteArrayContent(whole[..^30]);
        content.Headers.ContentType = Form("{}", []).Headers.ContentType;

        using var answer = await _http.PostAsync("/api/v1/models/rest-open/versions", content);

        await AssertProblemAsync(answer, HttpStatusCode.BadRequest, "body");
        await _host.AssertUnknownAsync("rest-open");
    }

    [Fact]
    public async Task A_connection_cut_in_the_middle_leaves_nothing()
    {
        var before = _host.Files();
        var form = await Form("{}", TestModels.OfSize(200_000)).ReadAsByteArrayAsync();
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(_host.Http.Host, _host.Http.Port);
            var head = $"POST /api/v1/models/rest-cut/versions HTTP/1.1\r\nHost: registry\r\nAuthorization: {_http.DefaultRequestHeaders.Authorization}\r\n"
                + $"Content-Type: {Form("{}", []).Headers.ContentType}\r\nContent-Length: {form.Length}\r\n\r\n";
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
            await socket.GetStream().WriteAsync(form.AsMemory(0, 150_000));
            await Poll.UntilAsync("the upload has begun", () => _host.Files().Count > before.Count);
        }

        await Poll.UntilAsync("the unfinished file is gone", () => _host.Files().SequenceEqual(before));
        await _host.AssertUnknownAsync("rest-cut");
    }

    [Theory]
    [InlineData("/api/v1/models/rest/versions?page_size=0", "page_size")]
    [InlineData("/api/v1/models/rest/versions?page_size=many", "page_size")]
    [InlineData("/api/v1/models/rest/versions?page_token=zzz", "page_token")]
    [InlineData("/api/v1/models?page_token=zzz", "page_token")]
    [InlineData("/api/v1/models?workspace=a%2Fb", "workspace")]
    [InlineData("/api/v1/models/rest/versions/one", "version")]
    [InlineData("/api/v1/models/rest/versions/-1", "version")]
    [InlineData("/api/v1/models/rest/versions/0/artifact", "version")]
    public async Task A_bad_address_is_refused_by_field(string address, string field)
    {
        using var answer = await _http.GetAsync(address);

        await AssertProblemAsync(answer, HttpStatusCode.BadRequest, field);
    }

    [Theory]
    [InlineData("/api/v1/models/nobody/versions")]
    [InlineData("/api/v1/models/nobody/versions/1")]
    [InlineData("/api/v1/models/nobody/versions/1/artifact")]
    public async Task What_nobody_knows_is_not_found(string address)
    {
        using var answer = await _http.GetAsync(address);

        await AssertProblemAsync(answer, HttpStatusCode.NotFound, null);
    }

    [Fact]
    public async Task Without_the_credential_nothing_opens()
    {
        using var stranger = _host.CreateHttp(key: null);

        using var answer = await stranger.GetAsync("/api/v1/models");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    private Task<HttpResponseMessage> PostAsync(string model, string metadata, byte[] artifact) =>
        _http.PostAsync($"/api/v1/models/{model}/versions", Form(metadata, artifact));

    private static MultipartFormDataContent Form(string metadata, byte[] artifact) => new("a-boundary-of-these-tests")
    {
        { new StringContent(metadata, Encoding.UTF8, "application/json"), "metadata" },
        { new ByteArrayContent(artifact), "artifact", "model.onnx" },
    };

    private static async Task AssertProblemAsync(HttpResponseMessage answer, HttpStatusCode status, string? field)
    {
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(field, problem.TryGetProperty("field", out var named) ? named.GetString() : null);
        Assert.DoesNotContain("   at ", problem.GetRawText(), StringComparison.Ordinal);
    }
}
