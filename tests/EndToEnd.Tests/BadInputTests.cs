using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelOps.EndToEnd.Tests;

/// <summary>What a hostile or careless client meets at the gateway's door, with a real model behind it.</summary>
[Collection(RunningApplication.Collection)]
public sealed class BadInputTests(RunningApplication application) : IAsyncLifetime
{
    private const string Model = "mlp";
    private readonly HttpClient _http = application.CreateClient();

    public Task InitializeAsync() => GoldenModel.ServeAsync(_http, Model, "mlp.onnx");

    public Task DisposeAsync()
    {
        _http.Dispose();
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData("""{"inputs":[]}""", "input")]
    [InlineData("""{"inputs":[{"name":"input","shape":[1,30],"datatype":"INT64","data":[1]}]}""", "INT64")]
    [InlineData("""{"inputs":[{"name":"input","shape":[1,29],"datatype":"FP32","data":[1]}]}""", "shape")]
    [InlineData("""{"inputs":[{"name":"other","shape":[1,30],"datatype":"FP32","data":[1]}]}""", "other")]
    [InlineData("""{"inputs":[{"name":"input","shape":[1,30],"datatype":"FP32","data":[1,2,3]}]}""", "30")]
    [InlineData("""{"inputs":[{"name":"input","shape":[1,-30],"datatype":"FP32","data":[1]}]}""", "-30")]
    [InlineData("""{"inputs":[{"name":""", "JSON")]
    public async Task A_request_the_model_cannot_take_is_refused_by_name(string body, string named)
    {
        using var answer = await InferAsync($"/v2/models/{Model}/infer", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var error = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString();
        Assert.Contains(named, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        await AssertStillServingAsync();
    }

    [Theory]
    [InlineData("/v2/models/nobody/infer")]
    [InlineData($"/v2/models/{Model}/versions/99/infer")]
    public async Task An_unknown_model_or_version_is_not_found(string path)
    {
        using var answer = await InferAsync(path, GoodRequest());

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Without_a_key_nothing_opens()
    {
        using var stranger = new HttpClient { BaseAddress = application.Rest };

        foreach (var path in new[] { "/api/v1/models", "/api/v1/deployments", $"/v2/models/{Model}", "/model/info" })
        {
            using var answer = await stranger.GetAsync(path);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_file_that_is_no_model_leaves_nothing_behind()
    {
        using var form = new MultipartFormDataContent
        {
            { JsonContent.Create(new JsonObject()), "metadata" },
            { new ByteArrayContent("not a model"u8.ToArray()), "artifact", "model.onnx" },
        };

        using var answer = await _http.PostAsync("/api/v1/models/garbage/versions", form);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        using var listed = await _http.GetAsync("/api/v1/models/garbage/versions");
        Assert.Equal(HttpStatusCode.NotFound, listed.StatusCode);
    }

    [Fact]
    public async Task A_body_cut_off_in_the_middle_harms_nobody()
    {
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(application.Rest.Host, application.Rest.Port);
            var stream = socket.GetStream();
            var half = $"POST /v2/models/{Model}/infer HTTP/1.1\r\nHost: gateway\r\nX-API-Key: {application.AdminKey}\r\n"
                + $"Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n{GoodRequest()[..40]}";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(half));
            socket.Client.Shutdown(SocketShutdown.Send);
            await EndOfConnectionAsync(stream).WaitAsync(TimeSpan.FromSeconds(30));
        }

        await AssertStillServingAsync();
    }

    [Fact]
    public async Task A_body_of_100_MiB_is_refused_by_its_size()
    {
        using var content = new ByteArrayContent(new byte[100 << 20]);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v2/models/{Model}/infer") { Content = content };
        request.Headers.ExpectContinue = true;

        using var answer = await _http.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        await AssertStillServingAsync();
    }

    /// <summary>An answer and a close, or a reset: Kestrel takes a caller who stops sending for one who has left.</summary>
    private static async Task EndOfConnectionAsync(NetworkStream stream)
    {
        try
        {
            await stream.CopyToAsync(Stream.Null);
        }
        catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            Assert.False(stream.DataAvailable);
        }
    }

    private async Task AssertStillServingAsync()
    {
        using var answer = await InferAsync($"/v2/models/{Model}/infer", GoodRequest());
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private Task<HttpResponseMessage> InferAsync(string path, string body) =>
        _http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));

    private static string GoodRequest() =>
        $$"""{"inputs":[{"name":"input","shape":[1,30],"datatype":"FP32","data":[{{string.Join(',', Enumerable.Repeat("0.5", 30))}}]}]}""";
}
