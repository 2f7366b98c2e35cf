using System.Diagnostics;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ModelOps.ServiceDefaults.Clients;
using ModelOps.ServiceDefaults.Hosting;
using ModelOps.ServiceDefaults.Tests.Hosting;
using ModelOps.ServiceDefaults.Tests.Probe;
using ModelOps.Testing;

namespace ModelOps.ServiceDefaults.Tests.Clients;

public sealed class ServiceClientTests
{
    private int _calls;

    [Fact]
    public async Task A_call_carries_the_credential_the_actor_and_a_deadline()
    {
        var deadline = DateTime.MaxValue;
        await using var target = await TestHost.StartAsync(probe: (_, context) =>
        {
            deadline = context.Deadline;
            return Task.FromResult(new AskReply { Text = context.GetHttpContext().User.Identity!.Name });
        });
        await using var caller = await CallerAsync(target);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/relay");
        request.Headers.Add("x-modelops-actor", "ada");

        var answer = await caller.CreateHttp().SendAsync(request);

        Assert.Equal("ada", await answer.Content.ReadAsStringAsync());
        Assert.InRange(deadline, DateTime.UnixEpoch, TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(10));
    }

    [Fact]
    public async Task Without_a_request_behind_it_a_call_is_the_services_own()
    {
        await using var target = await TestHost.StartAsync(
            probe: (_, context) => Task.FromResult(new AskReply { Text = context.GetHttpContext().User.Identity!.Name }));
        await using var caller = await CallerAsync(target);

        var reply = await Client(caller).AskAsync(new());

        Assert.Equal(caller.Services.GetRequiredService<Microsoft.Extensions.Hosting.IHostEnvironment>().ApplicationName, reply.Text);
    }

    [Fact]
    public async Task A_trace_goes_through()
    {
        await using var target = await TestHost.StartAsync(probe: (_, _) => Task.FromResult(new AskReply { Text = Activity.Current?.TraceId.ToHexString() ?? "" }));
        await using var caller = await CallerAsync(target);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/relay");
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        var answer = await caller.CreateHttp().SendAsync(request);

        Assert.Equal("0af7651916cd43dd8448eb211c80319c", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_idempotent_call_is_tried_again()
    {
        await using var target = await TestHost.StartAsync(probe: (_, _) => Interlocked.Increment(ref _calls) < 3 ? Fail(StatusCode.Unavailable) : Reply());
        await using var caller = await CallerAsync(target, client => client.Idempotent.Add("Ask"));

        await Client(caller).AskAsync(new());

        Assert.Equal(3, _calls);
    }

    [Fact]
    public async Task A_call_that_may_not_run_twice_is_not_tried_again()
    {
        await using var target = await TestHost.StartAsync(probe: (_, _) => Interlocked.Increment(ref _calls) < 3 ? Fail(StatusCode.Unavailable) : Reply());
        await using var caller = await CallerAsync(target);

        var failed = await Assert.ThrowsAsync<RpcException>(async () => await Client(caller).AskAsync(new()));

        Assert.Equal(StatusCode.Unavailable, failed.StatusCode);
        Assert.Equal(1, _calls);
    }

    [Fact]
    public async Task An_answer_is_never_asked_for_again()
    {
        await using var target = await TestHost.StartAsync(probe: (_, _) =>
        {
            Interlocked.Increment(ref _calls);
            return Fail(StatusCode.NotFound);
        });
        await using var caller = await CallerAsync(target, client => client.Idempotent.Add("Ask"));

        var failed = await Assert.ThrowsAsync<RpcException>(async () => await Client(caller).AskAsync(new()));

        Assert.Equal(StatusCode.NotFound, failed.StatusCode);
        Assert.Equal(1, _calls);
    }

    [Fact]
    public async Task A_try_that_hangs_is_given_up_for_another()
    {
        await using var target = await TestHost.StartAsync(
            probe: (_, context) => Interlocked.Increment(ref _calls) < 2 ? Hang(context.CancellationToken) : Reply());
        await using var caller = await CallerAsync(target, client =>
        {
            client.Idempotent.Add("Ask");
            client.TryTimeout = TimeSpan.FromMilliseconds(200);
        });

        await Client(caller).AskAsync(new());

        Assert.Equal(2, _calls);
    }

    [Fact]
    public async Task The_deadline_ends_all_tries_together()
    {
        await using var target = await TestHost.StartAsync(probe: (_, context) => Hang(context.CancellationToken));
        await using var caller = await CallerAsync(target, client => client.Deadline = TimeSpan.FromMilliseconds(300));

        var failed = await Assert.ThrowsAsync<RpcException>(async () => await Client(caller).AskAsync(new()));

        Assert.Equal(StatusCode.DeadlineExceeded, failed.StatusCode);
    }

    [Fact]
    public async Task A_caller_that_leaves_cancels_the_call()
    {
        await using var target = await TestHost.StartAsync(probe: (_, context) => Hang(context.CancellationToken));
        await using var caller = await CallerAsync(target);
        using var leave = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        var failed = await Assert.ThrowsAsync<RpcException>(async () => await Client(caller).AskAsync(new(), cancellationToken: leave.Token));

        Assert.Equal(StatusCode.Cancelled, failed.StatusCode);
    }

    [Fact]
    public async Task A_service_that_keeps_failing_is_left_alone_for_a_while_and_found_again()
    {
        var broken = true;
        await using var target = await TestHost.StartAsync(probe: (_, _) =>
        {
            Interlocked.Increment(ref _calls);
            return Volatile.Read(ref broken) ? Fail(StatusCode.Unavailable) : Reply();
        });
        await using var caller = await CallerAsync(target, client => client.BreakDuration = TimeSpan.FromMilliseconds(500));
        var client = Client(caller);

        RpcException? last = null;
        for (var call = 0; call < 30; call++)
        {
            last = await Assert.ThrowsAsync<RpcException>(async () => await client.AskAsync(new()));
        }

        Assert.Equal(StatusCode.Unavailable, last!.StatusCode);
        Assert.Contains("held back", last.Status.Detail, StringComparison.Ordinal);
        Assert.InRange(_calls, 10, 29);
        Volatile.Write(ref broken, false);
        await Poll.UntilAsync("the circuit closes", async ct => (await client.AskAsync(new(), cancellationToken: ct)).Text == "ok");
    }

    [Fact]
    public async Task A_service_that_is_down_is_unavailable_and_no_address_leaks()
    {
        await using var caller = await CallerAsync(new Uri("http://127.0.0.1:1"));

        var failed = await Assert.ThrowsAsync<RpcException>(async () => await Client(caller).AskAsync(new()));
        var relayed = await caller.CreateHttp().GetAsync("/relay");

        Assert.Equal(StatusCode.Unavailable, failed.StatusCode);
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, relayed.StatusCode);
        Assert.DoesNotContain("127.0.0.1", await relayed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_address_may_be_a_discovered_one()
    {
        await using var target = await TestHost.StartAsync(probe: (_, _) => Reply());
        await using var caller = await CallerAsync(
            new Uri("http://_grpc.target"), settings: new() { ["services:target:grpc:0"] = target.Grpc.ToString() });

        var reply = await Client(caller).AskAsync(new());

        Assert.Equal("ok", reply.Text);
    }

    [Theory]
    [InlineData("", "Target:Address: must be set")]
    [InlineData("registry:5102", "Target:Address: must be an absolute http:// or https:// address")]
    public async Task A_missing_or_wrong_address_stops_the_service(string address, string reason)
    {
        var refused = await Assert.ThrowsAsync<StartupException>(
            () => TestHost.StartAsync(
                builder => builder.AddServiceClient<Probe.Probe.ProbeClient>("Target"), settings: new() { ["Target:Address"] = address }));

        Assert.StartsWith(reason, refused.Message, StringComparison.Ordinal);
    }

    private static Task<AskReply> Reply() => Task.FromResult(new AskReply { Text = "ok" });

    private static Task<AskReply> Fail(StatusCode status) => throw new RpcException(new Status(status, "as the test wants"));

    private static async Task<AskReply> Hang(CancellationToken ct)
    {
        await new TaskCompletionSource().Task.WaitAsync(ct);
        return new();
    }

    private static Probe.Probe.ProbeClient Client(TestHost caller) => caller.Services.GetRequiredService<Probe.Probe.ProbeClient>();

    private static Task<TestHost> CallerAsync(TestHost target, Action<ServiceClientOptions>? configure = null) => CallerAsync(target.Grpc, configure);

    private static Task<TestHost> CallerAsync(Uri target, Action<ServiceClientOptions>? configure = null, Dictionary<string, string?>? settings = null) =>
        TestHost.StartAsync(
            builder => builder.AddServiceClient<Probe.Probe.ProbeClient>("Target", configure),
            app => app.MapGet("/relay", async (Probe.Probe.ProbeClient client, CancellationToken ct) =>
                (await client.AskAsync(new(), cancellationToken: ct)).Text),
            settings: new(settings ?? []) { ["Target:Address"] = target.OriginalString, ["Target:RetryDelay"] = "00:00:00.010" });
}
