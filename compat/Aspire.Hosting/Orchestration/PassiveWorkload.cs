using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes;
using Npgsql;

namespace Aspire.Hosting.Orchestration;

/// <summary>A resource without a process: a database, a parameter, something that runs elsewhere.</summary>
internal sealed class PassiveWorkload(IResource resource, OrchestrationServices services) : IWorkload
{
    private static readonly IReadOnlyDictionary<string, string> NoVariables = new Dictionary<string, string>();

    public bool RestartsAfter(int exitCode) => false;

    public async Task<IRunning> StartAsync(Action<OutputLine> onOutput, CancellationToken ct)
    {
        switch (resource)
        {
            case PostgresDatabaseResource database:
                await CreateAsync(database, ct).ConfigureAwait(false);
                break;
            case IValueProvider value:
                await value.GetValueAsync(ct).ConfigureAwait(false);
                break;
            case ExternalServiceResource external:
                external.Address();
                break;
        }

        return new Present();
    }

    private async Task CreateAsync(PostgresDatabaseResource database, CancellationToken ct)
    {
        await services.Notifications.WaitForResourceHealthyAsync(database.Parent.Name, ct).ConfigureAwait(false);
        try
        {
            await PostgresDatabases.CreateAsync(database, ct).ConfigureAwait(false);
        }
        catch (NpgsqlException e)
        {
            throw new CannotStartException($"the database '{database.DatabaseName}' cannot be created: {(e.InnerException ?? e).Message}", e);
        }
    }

    private sealed class Present : IRunning
    {
        private readonly TaskCompletionSource<int> _exited = new();

        public Task<int> Exited => _exited.Task;

        public int? ProcessId => null;

        public IReadOnlyDictionary<string, string> Environment => NoVariables;

        public Task StopAsync(CancellationToken ct)
        {
            _exited.TrySetResult(0);
            return Task.CompletedTask;
        }
    }
}
