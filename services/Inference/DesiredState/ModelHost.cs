using System.Collections.Frozen;
using System.Threading.Channels;
using ModelOps.Inference.Models;

namespace ModelOps.Inference.DesiredState;

/// <summary>
/// Makes what is held what is wanted. All changes happen under one lock and end in a new snapshot of the catalog, so
/// requests and reports see each change whole.
/// </summary>
internal sealed class ModelHost(ModelCatalog catalog, VersionLoads loads, ILogger<ModelHost> logger) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<VersionKey, HeldVersion> _held = [];
    private readonly Dictionary<ModelName, long> _primaries = [];
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private DesiredModels _desired = DesiredModels.Unknown;
    private bool _isDisposed;

    /// <summary>Has an item when something changed since the last look.</summary>
    public ChannelReader<bool> Changes => _changes.Reader;

    /// <summary>Takes over a desired state, unless it is older than the one there is.</summary>
    public void Apply(DesiredModels desired)
    {
        lock (_lock)
        {
            if (_isDisposed || desired.Revision < _desired.Revision)
            {
                Log.OlderStateIgnored(logger, desired.Revision, _desired.Revision);
                return;
            }
            _desired = desired;
            foreach (var wanted in desired.Versions)
            {
                Hold(wanted);
            }
            Settle();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            catalog.Publish(CatalogSnapshot.Empty);
            foreach (var version in _held.Values)
            {
                version.Dispose();
            }
            _held.Clear();
        }
    }

    private void Hold(WantedVersion wanted)
    {
        if (_held.TryGetValue(wanted.Key, out var held))
        {
            if (held.Wanted.Sha256 == wanted.Sha256)
            {
                return;
            }
            _held.Remove(wanted.Key);
            Publish();
            held.Dispose();
        }
        var version = _held[wanted.Key] = new HeldVersion(wanted);
        loads.Start(wanted, status => Report(version, status), version.Dropped);
    }

    /// <summary>Called by a load whenever its state changes; a load that is no longer wanted gives back what it made.</summary>
    private void Report(HeldVersion version, VersionStatus status)
    {
        lock (_lock)
        {
            if (!_held.TryGetValue(version.Wanted.Key, out var current) || current != version)
            {
                status.Loaded?.Release();
                return;
            }
            version.Status = status;
            Settle();
        }
    }

    private void Settle()
    {
        var retired = ServingPlan.Retired(_desired, _held.ToDictionary(held => held.Key, held => held.Value.Status.State)).ToList();
        var released = retired.ConvertAll(key => _held.Remove(key, out var version) ? version : null);
        Publish();
        // Only now: a request that finds a released model looks again, and must find the new snapshot.
        foreach (var version in released)
        {
            Log.Unloaded(logger, version!.Wanted.Key);
            version.Dispose();
        }
    }

    private void Publish()
    {
        var models = _held.Values.GroupBy(version => version.Wanted.Key.Name).ToFrozenDictionary(model => model.Key, Serve);
        var isComplete = _desired != DesiredModels.Unknown
            && _desired.Versions.All(wanted => _held.TryGetValue(wanted.Key, out var held) && held.Status.State == LoadStage.Ready);
        catalog.Publish(new CatalogSnapshot(models, isComplete, _desired.Environment));
        _changes.Writer.TryWrite(true);
    }

    private ServedModel Serve(IGrouping<ModelName, HeldVersion> model)
    {
        var versions = model.ToFrozenDictionary(version => version.Wanted.Key.Version, version => version.Status);
        var ready = versions.Where(version => version.Value.State == LoadStage.Ready).Select(version => version.Key).ToList();
        var wanted = _desired.Versions.FirstOrDefault(version => version.IsPrimary && version.Key.Name == model.Key)?.Key.Version;
        var primary = ServingPlan.Primary(wanted, _primaries.TryGetValue(model.Key, out var current) ? current : null, ready);
        if (primary is { } version)
        {
            _primaries[model.Key] = version;
            return new ServedModel(versions[version].Loaded, versions);
        }
        _primaries.Remove(model.Key);
        return new ServedModel(null, versions);
    }
}
