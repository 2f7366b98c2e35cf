using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace ModelOps.Aspire.Tests;

/// <summary>An application of one test, started and ended with it.</summary>
internal sealed class TestApplication : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly IDistributedApplicationTestingBuilder _builder;

    private TestApplication(IDistributedApplicationTestingBuilder builder, DistributedApplication app)
    {
        _builder = builder;
        App = app;
    }

    public DistributedApplication App { get; }

    public string StorePath => _builder.Configuration["Aspire:Store:Path"]!;

    public static async Task<TestApplication> StartAsync(Action<IDistributedApplicationBuilder> compose)
    {
        var builder = DistributedApplicationTestingBuilder.Create();
        compose(builder);
        return await StartAsync(builder);
    }

    public static async Task<TestApplication> StartAsync(IDistributedApplicationTestingBuilder builder)
    {
        var app = new TestApplication(builder, await builder.BuildAsync());
        try
        {
            await app.App.StartAsync().WaitAsync(Limit);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    public async Task<ResourceEvent> HealthyAsync(string name) => await App.ResourceNotifications.WaitForResourceHealthyAsync(name).WaitAsync(Limit);

    public async Task<ResourceEvent> ReachesAsync(string name, Func<CustomResourceSnapshot, bool> state) =>
        await App.ResourceNotifications.WaitForResourceAsync(name, change => state(change.Snapshot)).WaitAsync(Limit);

    public Task<ResourceEvent> ReachesAsync(string name, string state) => ReachesAsync(name, snapshot => snapshot.State?.Text == state);

    public IResource Resource(string name) => App.Services.GetRequiredService<DistributedApplicationModel>().Resources.Single(resource => resource.Name == name);

    /// <summary>The lines a resource wrote, once it has ended.</summary>
    public async Task<IReadOnlyList<string>> OutputAsync(string name)
    {
        await ReachesAsync(name, snapshot => snapshot.State is { } state && KnownResourceStates.TerminalStates.Contains(state.Text));
        await foreach (var batch in App.Services.GetRequiredService<ResourceLoggerService>().GetAllAsync(name))
        {
            return [.. batch.Select(line => line.Content)];
        }

        return [];
    }

    /// <summary>The variables a program of this application printed with <c>env</c>.</summary>
    public async Task<IReadOnlyDictionary<string, string>> EnvironmentAsync(string name) =>
        (await OutputAsync(name)).Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);

    public async ValueTask DisposeAsync()
    {
        await App.StopAsync().WaitAsync(Limit);
        await App.DisposeAsync();
        await _builder.DisposeAsync();
    }
}
