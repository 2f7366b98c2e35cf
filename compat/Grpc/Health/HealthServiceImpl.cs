using System.Threading.Channels;
using Grpc.Core;
using Grpc.Health.V1;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Grpc.HealthCheck;

/// <summary>A health service whose statuses are set by code.</summary>
public class HealthServiceImpl : Health.V1.Health.HealthBase
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ServingStatus> _statuses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Channel<ServingStatus>>> _watchers = new(StringComparer.Ordinal);

    public void SetStatus(string service, ServingStatus status)
    {
        ArgumentNullException.ThrowIfNull(service);
        lock (_gate)
        {
            if (!_statuses.TryGetValue(service, out var before) || before != status)
            {
                _statuses[service] = status;
                Tell(service, status);
            }
        }
    }

    public void ClearStatus(string service)
    {
        ArgumentNullException.ThrowIfNull(service);
        lock (_gate)
        {
            if (_statuses.Remove(service))
            {
                Tell(service, ServingStatus.ServiceUnknown);
            }
        }
    }

    public void ClearAll()
    {
        lock (_gate)
        {
            foreach (var service in _statuses.Keys)
            {
                Tell(service, ServingStatus.ServiceUnknown);
            }
            _statuses.Clear();
        }
    }

    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        lock (_gate)
        {
            return _statuses.TryGetValue(request.Service, out var status)
                ? Task.FromResult(new HealthCheckResponse { Status = status })
                : throw new RpcException(new Status(StatusCode.NotFound, ""));
        }
    }

    public override Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(responseStream);
        ArgumentNullException.ThrowIfNull(context);
        return WatchAsync(request.Service, first: null, responseStream, context.CancellationToken, CancellationToken.None);
    }

    /// <summary>Sends the status, then every change of it, until the caller is gone or the server stops.</summary>
    internal async Task WatchAsync(
        string service,
        Func<CancellationToken, Task<ServingStatus>>? first,
        IServerStreamWriter<HealthCheckResponse> responses,
        CancellationToken callerGone,
        CancellationToken stopping)
    {
        // Only the newest statuses matter to a caller that reads slowly.
        var changes = Channel.CreateBounded<ServingStatus>(new BoundedChannelOptions(4)
        {
            FullMode = BoundedChannelFullMode.DropOldest,
            SingleReader = true,
        });
        var last = Subscribe(service, changes);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(callerGone, stopping);
        try
        {
            if (first is not null)
            {
                last = await first(end.Token).ConfigureAwait(false);
            }
            await responses.WriteAsync(new HealthCheckResponse { Status = last }, end.Token).ConfigureAwait(false);
            await foreach (var status in changes.Reader.ReadAllAsync(end.Token).ConfigureAwait(false))
            {
                if (status != last)
                {
                    last = status;
                    await responses.WriteAsync(new HealthCheckResponse { Status = status }, end.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            if (callerGone.IsCancellationRequested)
            {
                return;
            }
            await responses.WriteAsync(new HealthCheckResponse { Status = ServingStatus.NotServing }, callerGone).ConfigureAwait(false);
        }
        finally
        {
            Unsubscribe(service, changes);
        }
    }

    private ServingStatus Subscribe(string service, Channel<ServingStatus> changes)
    {
        lock (_gate)
        {
            if (!_watchers.TryGetValue(service, out var watchers))
            {
                _watchers[service] = watchers = [];
            }
            watchers.Add(changes);
            return _statuses.GetValueOrDefault(service, ServingStatus.ServiceUnknown);
        }
    }

    private void Unsubscribe(string service, Channel<ServingStatus> changes)
    {
        lock (_gate)
        {
            var watchers = _watchers[service];
            watchers.Remove(changes);
            if (watchers.Count == 0)
            {
                _watchers.Remove(service);
            }
        }
    }

    private void Tell(string service, ServingStatus status)
    {
        foreach (var changes in _watchers.GetValueOrDefault(service) ?? [])
        {
            changes.Writer.TryWrite(status);
        }
    }
}
