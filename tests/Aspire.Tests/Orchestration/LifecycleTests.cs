using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ModelOps.Testing;

namespace ModelOps.Aspire.Tests.Orchestration;

public sealed class LifecycleTests
{
    [Fact]
    public async Task A_resource_starts_when_what_it_waits_for_is_healthy()
    {
        var healthy = new TaskCompletionSource();
        await using var app = await TestApplication.StartAsync(builder =>
        {
            builder.Services.AddHealthChecks().AddCheck("gate", () => healthy.Task.IsCompleted ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("not yet"));
            var first = builder.AddExecutable("first", "sleep", ".", "600").WithHealthCheck("gate");
            builder.AddExecutable("second", "sleep", ".", "600").WaitFor(first);
        });

        var waiting = await app.ReachesAsync("second", KnownResourceStates.Waiting);
        var unhealthy = await app.ReachesAsync("first", snapshot => snapshot.HealthReports is [{ Status: HealthStatus.Unhealthy }]);
        healthy.SetResult();
        await app.HealthyAsync("second");

        Assert.Null(waiting.Snapshot.StartTimeStamp);
        Assert.Equal("not yet", unhealthy.Snapshot.HealthReports[0].Description);
        Assert.True(app.App.ResourceNotifications.TryGetCurrentState("first", out var now));
        Assert.Equal(HealthStatus.Healthy, now.Snapshot.HealthStatus);
    }

    [Fact]
    public async Task A_resource_starts_when_a_job_before_it_has_finished()
    {
        await using var app = await TestApplication.StartAsync(builder =>
        {
            var migrate = builder.AddExecutable("migrate", "sh", ".", "-c", "exit 3");
            builder.AddExecutable("service", "sleep", ".", "600").WaitForCompletion(migrate, exitCode: 3);
        });

        await app.HealthyAsync("service");

        Assert.Equal(3, (await app.ReachesAsync("migrate", KnownResourceStates.Exited)).Snapshot.ExitCode);
    }

    [Fact]
    public async Task A_failed_job_fails_what_waits_for_it_and_says_so()
    {
        await using var app = await TestApplication.StartAsync(builder =>
        {
            var migrate = builder.AddExecutable("migrate", "sh", ".", "-c", "exit 9");
            builder.AddExecutable("service", "sleep", ".", "600").WaitForCompletion(migrate);
        });

        var failed = await Assert.ThrowsAsync<DistributedApplicationException>(() => app.HealthyAsync("service"));

        Assert.Contains("it waits for 'migrate'", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_crashed_service_starts_again_with_a_new_process()
    {
        await using var app = await TestApplication.StartAsync(builder => builder.AddExecutable("service", "sleep", ".", "600").WithHttpEndpoint());
        var first = Pid(await app.HealthyAsync("service"));

        using (var process = System.Diagnostics.Process.GetProcessById(first))
        {
            process.Kill();
        }

        var crashed = await app.ReachesAsync("service", snapshot => snapshot.ExitCode == 137);
        await Poll.UntilAsync("a new process", () =>
            app.App.ResourceNotifications.TryGetCurrentState("service", out var now) && now.Snapshot.HealthStatus == HealthStatus.Healthy && Pid(now) != first);

        Assert.Equal("Restarting", crashed.Snapshot.State?.Text);
    }

    [Fact]
    public async Task A_service_that_never_gets_healthy_fails_with_its_last_words()
    {
        await using var app = await TestApplication.StartAsync(builder =>
        {
            builder.Services.AddHealthChecks().AddCheck("never", () => HealthCheckResult.Unhealthy());
            builder.AddExecutable("service", "sh", ".", "-c", "echo 'option X is wrong' >&2; exit 2").WithHttpEndpoint().WithHealthCheck("never");
        });

        var failed = await Assert.ThrowsAsync<DistributedApplicationException>(() => app.HealthyAsync("service"));

        Assert.Contains("3 times with exit code 2", failed.Message, StringComparison.Ordinal);
        Assert.Contains("option X is wrong", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resource_that_cannot_start_says_why_in_one_line()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;
        await using var app = await TestApplication.StartAsync(builder =>
        {
            builder.AddExecutable("no-program", "no-such-program", ".");
            builder.AddExecutable("no-folder", "sleep", "/no/such/folder", "600");
            builder.AddExecutable("no-value", "sleep", ".", "600").WithEnvironment("X", builder.AddParameter("unset"));
            builder.AddExecutable("no-port", "sleep", ".", "600").WithHttpEndpoint(targetPort: port, isProxied: false);
        });

        foreach (var (name, reason) in new[] { ("no-program", "no-such-program"), ("no-folder", "/no/such/folder"), ("no-value", "Parameters:unset"), ("no-port", $"port {port}") })
        {
            var failed = await Assert.ThrowsAsync<DistributedApplicationException>(() => app.HealthyAsync(name));
            Assert.Contains(reason, failed.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', failed.Message);
        }
    }

    [Fact]
    public async Task A_resource_with_explicit_start_waits_for_the_command()
    {
        await using var app = await TestApplication.StartAsync(builder => builder.AddExecutable("tool", "sleep", ".", "600").WithExplicitStart());
        await app.ReachesAsync("tool", KnownResourceStates.NotStarted);

        var started = await app.App.ResourceCommands.ExecuteCommandAsync("tool", KnownResourceCommands.StartCommand);
        var first = Pid(await app.HealthyAsync("tool"));
        var restarted = await app.App.ResourceCommands.ExecuteCommandAsync("tool", KnownResourceCommands.RestartCommand);
        await Poll.UntilAsync("another process", () =>
            app.App.ResourceNotifications.TryGetCurrentState("tool", out var now) && now.Snapshot.HealthStatus == HealthStatus.Healthy && Pid(now) != first);
        var stopped = await app.App.ResourceCommands.ExecuteCommandAsync("tool", KnownResourceCommands.StopCommand);
        var unknown = await app.App.ResourceCommands.ExecuteCommandAsync("nothing", KnownResourceCommands.StopCommand);

        Assert.True(started.Success && restarted.Success && stopped.Success);
        await app.ReachesAsync("tool", KnownResourceStates.Exited);
        Assert.Equal("Resource 'nothing' not found.", unknown.ErrorMessage);
    }

    [Fact]
    public async Task Resources_stop_before_what_they_need()
    {
        var order = new List<string>();
        await using (await StartChainAsync(order))
        {
            Assert.Empty(order);
        }

        Assert.Equal(["third", "second", "first"], order);
    }

    [Fact]
    public async Task Resources_that_wait_for_each_other_are_refused_by_name()
    {
        var refused = await Assert.ThrowsAsync<DistributedApplicationException>(() => TestApplication.StartAsync(builder =>
        {
            var one = builder.AddExecutable("one", "sleep", ".", "600");
            var two = builder.AddExecutable("two", "sleep", ".", "600").WaitFor(one);
            one.WaitFor(two);
        }));

        Assert.Contains("one -> two -> one", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_resource_says_is_in_a_file_of_its_own()
    {
        await using var app = await TestApplication.StartAsync(builder => builder.AddExecutable("talker", "sh", ".", "-c", "echo one; echo two >&2"));
        await app.OutputAsync("talker");
        var file = Path.Combine(app.StorePath, "logs", "talker.log");

        await Poll.UntilAsync("both lines in the file", () => File.Exists(file) && File.ReadAllLines(file).Length == 2);

        var lines = await File.ReadAllLinesAsync(file);
        Assert.Contains(lines, line => line.EndsWith(" out one", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.EndsWith(" err two", StringComparison.Ordinal));
    }

    private static async Task<TestApplication> StartChainAsync(List<string> order)
    {
        var app = await TestApplication.StartAsync(builder =>
        {
            var first = builder.AddExecutable("first", "sleep", ".", "600");
            var second = builder.AddExecutable("second", "sleep", ".", "600").WaitFor(first);
            builder.AddExecutable("third", "sleep", ".", "600").WaitFor(second);
            builder.Eventing.Subscribe<ResourceStoppedEvent>((stopped, _) =>
            {
                lock (order)
                {
                    order.Add(stopped.Resource.Name);
                }

                return Task.CompletedTask;
            });
        });
        await app.HealthyAsync("third");
        return app;
    }

    private static int Pid(ResourceEvent resource) => (int)resource.Snapshot.Properties.Single(property => property.Name == "pid").Value!;
}
