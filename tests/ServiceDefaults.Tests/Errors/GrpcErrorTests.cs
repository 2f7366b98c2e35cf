using Grpc.Core;
using Microsoft.Extensions.Logging;
using ModelOps.ServiceDefaults.Errors;
using ModelOps.ServiceDefaults.Tests.Hosting;
using ModelOps.ServiceDefaults.Tests.Probe;
using Npgsql;

namespace ModelOps.ServiceDefaults.Tests.Errors;

public sealed class GrpcErrorTests
{
    private static readonly Metadata Credential = new() { { "authorization", $"Bearer {TestHost.ServiceKey}" } };

    public static TheoryData<string> Kinds { get; } = ["Ask", "Download", "Upload", "Talk"];

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_bug_is_internal_without_details_and_logged_once(string kind)
    {
        await using var host = await TestHost.StartAsync(probe: (_, _) => throw new InvalidOperationException("secret detail"));

        var failed = await Assert.ThrowsAsync<RpcException>(() => CallAsync(host, kind));

        Assert.Equal(StatusCode.Internal, failed.StatusCode);
        Assert.DoesNotContain("secret", failed.Status.Detail, StringComparison.Ordinal);
        var logged = Assert.Single(host.Log.Records, record => record.Level >= LogLevel.Error);
        Assert.Equal("UnexpectedError", logged.Event);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_dead_dependency_is_unavailable(string kind)
    {
        await using var host = await TestHost.StartAsync(probe: async (_, context) =>
        {
            await using var source = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=u;Password=hidden");
            await using var connection = await source.OpenConnectionAsync(context.CancellationToken);
            return new();
        });

        var failed = await Assert.ThrowsAsync<RpcException>(() => CallAsync(host, kind));

        Assert.Equal(StatusCode.Unavailable, failed.StatusCode);
        Assert.DoesNotContain("127.0.0.1", failed.Status.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(host.Log.Records, record => record.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task A_refusal_keeps_its_status_message_and_details()
    {
        await using var host = await TestHost.StartAsync(probe: (request, _) => Task.FromResult(new AskReply { Text = RpcGuard.NotEmpty(request.Model) }));

        var refused = await Assert.ThrowsAsync<RpcException>(() => CallAsync(host, "Ask"));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Equal("model: must not be empty", refused.Status.Detail);
        Assert.NotNull(refused.Trailers.GetValueBytes("grpc-status-details-bin"));
        Assert.DoesNotContain(host.Log.Records, record => record.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task A_deadline_that_passes_is_told_as_one()
    {
        await using var host = await TestHost.StartAsync(probe: async (_, context) =>
        {
            await WaitAsync(context.CancellationToken);
            return new();
        });

        var failed = await Assert.ThrowsAsync<RpcException>(() => CallAsync(host, "Ask", TimeSpan.FromMilliseconds(200)));

        Assert.Equal(StatusCode.DeadlineExceeded, failed.StatusCode);
        Assert.DoesNotContain(host.Log.Records, record => record.Event == "UnexpectedError");
    }

    [Fact]
    public async Task A_call_without_credential_is_unauthenticated()
    {
        await using var host = await TestHost.StartAsync();

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await host.CreateProbe().AskAsync(new()));

        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
        Assert.Contains("a valid credential is required", refused.Status.Detail, StringComparison.Ordinal);
    }

    /// <summary>Until the token ends it.</summary>
    private static async Task WaitAsync(CancellationToken ct)
    {
        var never = new TaskCompletionSource();
        await never.Task.WaitAsync(ct);
    }

    private static async Task CallAsync(TestHost host, string kind, TimeSpan? within = null)
    {
        var client = host.CreateProbe();
        var options = new CallOptions(Credential, DateTime.MaxValue.ToUniversalTime());
        if (within is { } limit)
        {
            options = options.WithDeadline(TimeProvider.System.GetUtcNow().UtcDateTime + limit);
        }
        switch (kind)
        {
            case "Ask":
                await client.AskAsync(new(), options);
                break;
            case "Download":
                await client.Download(new(), options).ResponseStream.MoveNext(options.CancellationToken);
                break;
            case "Upload":
                var upload = client.Upload(options);
                await upload.RequestStream.WriteAsync(new(), options.CancellationToken);
                await upload.RequestStream.CompleteAsync();
                await upload;
                break;
            default:
                var talk = client.Talk(options);
                await talk.RequestStream.WriteAsync(new(), options.CancellationToken);
                await talk.ResponseStream.MoveNext(options.CancellationToken);
                break;
        }
    }
}
