using Grpc.Core;
using Microsoft.Extensions.Options;
using ModelOps.Contracts.Gateway.V1;
using ModelOps.Gateway.Deployments;
using ModelOps.Gateway.Replicas;

namespace ModelOps.Gateway.Serving;

/// <summary>Runs the streams of replicas.</summary>
internal sealed partial class ReplicaSessions(
    ReplicaDirectory directory,
    DeploymentCatalog catalog,
    IOptions<ReplicaOptions> replicaOptions,
    IOptions<DeploymentOptions> deploymentOptions,
    SessionEnvironment environment)
{
    /// <summary>Keeps a replica registered from its first report until its stream ends, for whatever reason.</summary>
    public async Task RunAsync(IAsyncStreamReader<ReplicaReport> reports, IServerStreamWriter<DesiredState> states, CancellationToken ct)
    {
        using var session = CancellationTokenSource.CreateLinkedTokenSource(ct, environment.Lifetime.ApplicationStopping);
        var first = await NextAsync(reports, first: null, session.Token) ?? throw Invalid("instance_id", "is required: the stream ended without a report");
        var replica = new Replica(first.InstanceId, first.HttpAddress.TrimEnd('/'), first.GrpcAddress.TrimEnd('/'));
        using var registration = directory.Connect(new(replica, ReplicaReports.VersionsOf(first)))
            ?? throw new RpcException(new(StatusCode.ResourceExhausted, $"{replicaOptions.Value.MaxReplicas} replicas are connected, as many as allowed"));
        Log.Connected(environment.Logger, replica.InstanceId, replica.GrpcAddress);

        var pushing = PushAsync(states, session.Token);
        var following = FollowAsync(reports, first, registration, session.Token);
        var ended = await Task.WhenAny(pushing, following);
        registration.Dispose(); // out of the routes at once, before the stream is wound up
        Log.Disconnected(environment.Logger, replica.InstanceId);
        await session.CancelAsync();
        await Task.WhenAll(pushing, following).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // why it ended is told next
        await EndAsync(ended, ct);
    }

    private async Task FollowAsync(
        IAsyncStreamReader<ReplicaReport> reports, ReplicaReport first, ReplicaDirectory.Registration registration, CancellationToken ct)
    {
        while (await NextAsync(reports, first, ct) is { } report)
        {
            if (!registration.Report(ReplicaReports.VersionsOf(report)))
            {
                throw new RpcException(new(StatusCode.Aborted, $"replica '{first.InstanceId}' connected again"));
            }
        }
    }

    private async Task PushAsync(IServerStreamWriter<DesiredState> states, CancellationToken ct)
    {
        var revision = 0L;
        while (true)
        {
            // Nothing is sent before the deployments were read: an empty state would unload every model.
            var snapshot = await catalog.NewerThanAsync(revision, ct);
            await states.WriteAsync(DesiredStates.Of(snapshot, deploymentOptions.Value.Environment), ct);
            revision = snapshot.Revision;
        }
    }

    private async Task<ReplicaReport?> NextAsync(IAsyncStreamReader<ReplicaReport> reports, ReplicaReport? first, CancellationToken ct)
    {
        using var silence = new CancellationTokenSource(replicaOptions.Value.ReportTimeout, environment.Clock);
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(ct, silence.Token);
        try
        {
            if (!await reports.MoveNext(wait.Token))
            {
                return null;
            }
        }
        catch (Exception) when (silence.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new RpcException(new(StatusCode.DeadlineExceeded, $"no report within {replicaOptions.Value.ReportTimeout}"));
        }

        return ReplicaReports.FindProblem(reports.Current, first, replicaOptions.Value.MaxVersionsPerReport) is { } problem
            ? throw Invalid(problem.Field, problem.Rule)
            : reports.Current;
    }

    private async Task EndAsync(Task ended, CancellationToken caller)
    {
        try
        {
            await ended;
        }
        catch (Exception e) when (caller.IsCancellationRequested || e is IOException)
        {
            Log.Broken(environment.Logger, e.Message); // nobody is left to be answered
        }
        catch (OperationCanceledException) when (environment.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw new RpcException(new(StatusCode.Unavailable, "the gateway is stopping"));
        }
    }

    private static RpcException Invalid(string field, string rule) => new(new(StatusCode.InvalidArgument, $"{field} {rule}"));

    private static partial class Log
    {
        [LoggerMessage(EventId = 20, EventName = "ReplicaConnected", Level = LogLevel.Information, Message = "Replica {InstanceId} at {Address} connected")]
        public static partial void Connected(ILogger logger, string instanceId, string address);

        [LoggerMessage(EventId = 21, EventName = "ReplicaDisconnected", Level = LogLevel.Information, Message = "Replica {InstanceId} is gone")]
        public static partial void Disconnected(ILogger logger, string instanceId);

        [LoggerMessage(EventId = 24, EventName = "ReplicaStreamBroken", Level = LogLevel.Debug, Message = "A replica's stream broke: {Reason}")]
        public static partial void Broken(ILogger logger, string reason);
    }
}
