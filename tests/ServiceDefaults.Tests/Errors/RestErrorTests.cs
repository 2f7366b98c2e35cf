using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;
using ModelOps.ServiceDefaults.Errors;
using ModelOps.ServiceDefaults.Tests.Hosting;
using Npgsql;

namespace ModelOps.ServiceDefaults.Tests.Errors;

public sealed class RestErrorTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly TaskCompletionSource _reading = new();
    private readonly TaskCompletionSource _read = new();
    private TestHost _host = null!;
    private HttpClient _http = null!;

    private sealed record Wish(long Version, string Model, Inner? Inner = null);

    private sealed record Inner(double[] Shares);

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync(Impatient, app =>
        {
            app.MapPut("/wish", (Wish wish) => wish.Model);
            app.MapGet("/page", ([FromQuery(Name = "page_size")] int pageSize) => pageSize);
            app.MapGet("/refused", IResult () => new Refusal(RefusalKind.ResourceExhausted, "too many") { RetryAfter = TimeSpan.FromSeconds(2.5) }.ToResult());
            app.MapGet("/guarded", () => RpcGuard.NotEmpty("", field: "request.Model"));
            app.MapGet("/bug", string () => throw new InvalidOperationException("secret detail"));
            app.MapGet("/database", async (CancellationToken ct) =>
            {
                await using var source = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=u;Password=hidden");
                await using var connection = await source.OpenConnectionAsync(ct);
            });
            app.MapGet("/half", async (HttpContext context) =>
            {
                await context.Response.WriteAsync("half of the ans", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                throw new InvalidOperationException("too late");
            });
            app.MapPost("/upload", async (HttpContext context) =>
            {
                _reading.TrySetResult();
                try
                {
                    await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
                }
                finally
                {
                    _read.TrySetResult();
                }
            }).WithMetadata(new SizeLimit(1000));
        });
        _http = _host.CreateHttp();
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("""{"version":"x","model":"credit"}""", "version", "must be an integer in range")]
    [InlineData("""{"version":1.5,"model":"credit"}""", "version", "must be an integer in range")]
    [InlineData("""{"version":1}""", "model", "must be present")]
    [InlineData("""{"version":1,"model":null}""", "model", "must not be null")]
    [InlineData("""{"version":1,"model":"credit","stage":2}""", "stage", "is not a known field")]
    [InlineData("""{"version":1,"model":"credit","inner":{"shares":[1,"x"]}}""", "inner.shares[1]", "must be a number")]
    [InlineData("""{"version":1,"model":"credit","inner":{"shares":7}}""", "inner.shares", "must be an array")]
    public async Task Bad_json_names_the_field_and_the_rule(string json, string field, string rule)
    {
        var problem = await ProblemAsync(await PutAsync(json), HttpStatusCode.BadRequest);

        Assert.Equal(field, problem.GetProperty("field").GetString());
        Assert.Equal(rule, problem.GetProperty("rule").GetString());
        Assert.Equal($"{field}: {rule}", problem.GetProperty("detail").GetString());
        Assert.Empty(Errors());
    }

    [Theory]
    [InlineData("""{"version":1,"model":"cre""")]
    [InlineData("""{"version" 1}""")]
    [InlineData("not json")]
    public async Task What_is_no_json_says_so_and_where(string json)
    {
        var problem = await ProblemAsync(await PutAsync(json), HttpStatusCode.BadRequest);

        Assert.StartsWith("must be valid JSON: ", problem.GetProperty("rule").GetString(), StringComparison.Ordinal);
        Assert.Contains("(line 1, byte ", problem.GetProperty("rule").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("System.", problem.GetProperty("rule").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/page?page_size=ten", "must be an integer in range")]
    [InlineData("/page", "must be present")]
    public async Task A_bad_query_names_the_parameter(string path, string rule)
    {
        var problem = await ProblemAsync(await _http.GetAsync(path), HttpStatusCode.BadRequest);

        Assert.Equal("page_size", problem.GetProperty("field").GetString());
        Assert.Equal(rule, problem.GetProperty("rule").GetString());
    }

    [Fact]
    public async Task A_refusal_says_when_to_come_back()
    {
        var answer = await _http.GetAsync("/refused");

        Assert.Equal(TimeSpan.FromSeconds(3), answer.Headers.RetryAfter?.Delta);
        await ProblemAsync(answer, HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task A_guard_that_throws_is_the_same_refusal()
    {
        var problem = await ProblemAsync(await _http.GetAsync("/guarded"), HttpStatusCode.BadRequest);

        Assert.Equal("model", problem.GetProperty("field").GetString());
    }

    [Fact]
    public async Task A_bug_is_logged_once_and_tells_nothing()
    {
        var answer = await _http.GetAsync("/bug");

        await ProblemAsync(answer, HttpStatusCode.InternalServerError);
        Assert.DoesNotContain("secret", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var logged = Assert.Single(Errors());
        Assert.Equal("UnexpectedError", logged.Event);
        Assert.Equal("secret detail", logged.Exception?.Message);
    }

    [Fact]
    public async Task A_dead_database_is_unavailable_and_no_error_of_ours()
    {
        var answer = await _http.GetAsync("/database");

        await ProblemAsync(answer, HttpStatusCode.ServiceUnavailable);
        Assert.DoesNotContain("127.0.0.1", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(Errors());
        Assert.Single(_host.Log.Records, record => record.Event == "DependencyDown");
    }

    [Fact]
    public async Task Half_an_answer_does_not_look_whole()
    {
        await Assert.ThrowsAsync<HttpRequestException>(() => _http.GetStringAsync("/half"));

        Assert.Single(Errors());
    }

    [Fact]
    public async Task A_body_over_the_limit_is_too_large()
    {
        var problem = await ProblemAsync(
            await _http.PostAsync("/upload", new ByteArrayContent(new byte[1001])), HttpStatusCode.RequestEntityTooLarge);

        Assert.Contains("1000 bytes", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty(Errors());
    }

    /// <summary>Kestrel takes half a close for a whole one, so there is nobody left to answer; what counts is that nothing else happens.</summary>
    [Fact]
    public async Task A_connection_cut_off_in_the_middle_of_a_body_ends_the_request_quietly()
    {
        using var socket = await SendAsync("Content-Length: 500", "abc");
        await _reading.Task.WaitAsync(Limit);

        socket.Close();
        await _read.Task.WaitAsync(Limit);

        Assert.Equal("7", await _http.GetStringAsync("/page?page_size=7"));
        Assert.Empty(Errors());
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked", "zz\r\n", "400 Bad Request")]
    [InlineData("Content-Length: 500", "abc", "408 Request Timeout")]
    public async Task A_body_that_breaks_or_stalls_is_answered(string header, string sent, string status)
    {
        using var socket = await SendAsync(header, sent);
        using var reader = new StreamReader(new NetworkStream(socket));

        var answer = await reader.ReadToEndAsync().WaitAsync(Limit);

        Assert.StartsWith($"HTTP/1.1 {status}", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
        Assert.Empty(Errors());
    }

    [Theory]
    [InlineData("/nowhere", HttpStatusCode.NotFound)]
    [InlineData("/wish", HttpStatusCode.MethodNotAllowed)]
    public async Task What_routing_refuses_is_a_problem_too(string path, HttpStatusCode status) =>
        await ProblemAsync(await _http.GetAsync(path), status);

    [Fact]
    public async Task A_content_type_that_is_not_taken_is_a_problem_too() =>
        await ProblemAsync(await _http.PutAsync("/wish", new StringContent("x=1")), HttpStatusCode.UnsupportedMediaType);

    private static void Impatient(WebApplicationBuilder builder) =>
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MinRequestBodyDataRate = new(bytesPerSecond: 100, gracePeriod: TimeSpan.FromSeconds(1.1)));

    private async Task<Socket> SendAsync(string header, string body)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, _host.Http.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"POST /upload HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TestHost.ServiceKey}\r\nConnection: close\r\n{header}\r\n\r\n{body}"));
        return socket;
    }

    private Task<HttpResponseMessage> PutAsync(string json) => _http.PutAsync("/wish", new StringContent(json, Encoding.UTF8, "application/json"));

    private IEnumerable<LogRecord> Errors() => _host.Log.Records.Where(record => record.Level >= LogLevel.Error);

    private static async Task<JsonElement> ProblemAsync(HttpResponseMessage answer, HttpStatusCode status)
    {
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.False(string.IsNullOrEmpty(problem.GetProperty("title").GetString()));
        Assert.False(string.IsNullOrEmpty(problem.GetProperty("detail").GetString()));
        return problem;
    }

    private sealed class SizeLimit(long bytes) : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => bytes;
    }
}
