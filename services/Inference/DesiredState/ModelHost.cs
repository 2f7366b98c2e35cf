using System.Collections.Frozen;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using ModelOps.Inference.Hosting;
using ModelOps.Inference.Models;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.DesiredState;

/// <summary>
/// Makes what is held what is wanted. All changes happen under one lock and end in a new snapshot of the catalog, so
/// requests and reports see each change whole.
/// </summary>
internal sealed class ModelHost(
    ModelCatalog catalog, VersionLoads loads, IOptions<MemoryOptions> memory, TimeProvider clock, ILogger<ModelHost> logger) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<VersionKey, HeldVersion> _held = [];
    private readonly Dictionary<ModelName, long> _primaries = [];
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly HashSet<ModelName> _unloaded = [];

    /// <summary>What the Gateway wants held.</summary>
    private DesiredModels _told = DesiredModels.Unknown;

    /// <summary>That, without the models that were unloaded here.</summary>
    private DesiredModels _desired = DesiredModels.Unknown;
    private TaskCompletionSource _published = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isDisposed;

    /// <summary>Has an item when something changed since the last look.</summary>
    public ChannelReader<bool> Changes => _changes.Reader;

    /// <summary>Takes over a desired state, unless it is older than the one there is.</summary>
    public void Apply(DesiredModels desired)
    {
        lock (_lock)
        {
            if (_isDisposed || desired.Revision < _told.Revision)
            {
                Log.OlderStateIgnored(logger, desired.Revision, _told.Revision);
                return;
            }
            _unloaded.RemoveWhere(model => !desired.IsAlike(_told, model));
            _told = desired;
            Hold();
        }
    }

    /// <summary>Every version that is wanted or held, with how far it is; null for one that was unloaded.</summary>
    public IReadOnlyList<(VersionKey Key, VersionStatus? Status)> Index()
    {
        lock (_lock)
        {
            return [.. _told.Versions.Select(wanted => wanted.Key).Union(_held.Keys).Select(key => (key, _held.GetValueOrDefault(key)?.Status.Shown))];
        }
    }

    /// <summary>Takes a model out of service until it is loaded again or other versions of it are wanted.</summary>
    /// <returns>Why not; null when it is out of service.</returns>
    public Refusal? Unload(ModelName model)
    {
        lock (_lock)
        {
            if (!_told.Versions.Any(wanted => wanted.Key.Name == model))
            {
                return Refusal.NotFound($"failed to unload '{model.Model}': no version of it is deployed here");
            }
            _unloaded.Add(model);
            Hold();
            return null;
        }
    }

    /// <summary>Brings a model that was unloaded back, and tries versions again that failed to load. Versions never change: one that is ready stays.</summary>
    /// <param name="model">Name of the model.</param>
    /// <param name="ct">Ends the wait, not the load.</param>
    /// <returns>Why a version of it is not ready; null when all are.</returns>
    public async Task<Refusal?> LoadAsync(ModelName model, CancellationToken ct)
    {
        List<HeldVersion> versions;
        lock (_lock)
        {
            _unloaded.Remove(model);
            foreach (var failed in _held.Values.Where(version => version.Wanted.Key.Name == model && version.Status.State == LoadStage.Failed).ToList())
            {
                _held.Remove(failed.Wanted.Key);
                failed.Dispose();
            }
            Hold();
            versions = [.. _held.Values.Where(version => version.Wanted.Key.Name == model && Array.Exists(_desired.Versions, wanted => wanted.Key == version.Wanted.Key))];
        }
        return versions.Count == 0
            ? new Refusal(RefusalKind.Invalid, $"failed to load '{model.Model}': no version of it is deployed here; deploy it at the gateway")
            : await LoadedAsync(versions, ct);
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

    private async Task<Refusal?> LoadedAsync(List<HeldVersion> versions, CancellationToken ct)
    {
        while (true)
        {
            Task published;
            lock (_lock)
            {
                if (versions.Find(version => version.Status.State == LoadStage.Failed || !IsHeld(version)) is { } failed)
                {
                    var reason = failed.Status.State == LoadStage.Failed ? failed.Status.Reason : "it is no longer wanted";
                    return new Refusal(RefusalKind.Invalid, $"failed to load '{failed.Wanted.Key.Model}', version {failed.Wanted.Key.Version}: {reason}");
                }
                if (versions.TrueForAll(version => version.Status.State == LoadStage.Ready))
                {
                    return null;
                }
                published = _published.Task;
            }
            await published.WaitAsync(ct);
        }
    }

    private bool IsHeld(HeldVersion version) => _held.GetValueOrDefault(version.Wanted.Key) == version;

    /// <summary>Holds what is wanted and was not unloaded, and lets go of the rest.</summary>
    private void Hold()
    {
        _desired = _unloaded.Count == 0 ? _told : _told with { Versions = [.. _told.Versions.Where(wanted => !_unloaded.Contains(wanted.Key.Name))] };
        foreach (var wanted in _desired.Versions)
        {
            Hold(wanted);
        }
        Settle();
    }

    private void Hold(WantedVersion wanted)
    {
        if (_held.TryGetValue(wanted.Key, out var held))
        {
            if (held.Wanted.Sha256 == wanted.Sha256 && !MayComeBack(held, wanted))
            {
                return;
            }
            _held.Remove(wanted.Key);
            Publish();
            held.Dispose();
        }
        var version = _held[wanted.Key] = new HeldVersion(wanted);
        loads.Start(wanted, bytes => Admit(version, bytes), status => Report(version, status), version.Dropped);
    }

    /// <summary>A version that was evicted, when it is to answer for its model or there is room without evicting another.</summary>
    private bool MayComeBack(HeldVersion held, WantedVersion wanted) =>
        held.IsEvicted && (wanted.IsPrimary || MemoryPlan.Evict(held.EvictedBytes, memory.Value.MaxModelBytes ?? long.MaxValue, Occupants(), DateTimeOffset.MinValue) is not null);

    /// <summary>Makes room for a version.</summary>
    /// <returns>Why there is none; null when there is.</returns>
    private string? Admit(HeldVersion version, long bytes)
    {
        lock (_lock)
        {
            var budget = memory.Value.MaxModelBytes ?? long.MaxValue;
            version.Bytes = 0; // of an earlier try
            if (MemoryPlan.Evict(bytes, budget, Occupants(), clock.GetUtcNow() - memory.Value.IdleAfter) is not { } evicted)
            {
                return $"no memory: it takes about {bytes} bytes, versions in use take {_held.Values.Sum(held => held.Bytes)} of the {budget} that models may take";
            }
            version.Bytes = bytes;
            var loaded = evicted.Select(key => Evict(_held[key], version.Wanted.Key)).ToList();
            if (loaded.Count > 0)
            {
                Publish();
                loaded.ForEach(model => model.Release());
            }
            return null;
        }
    }

    private List<Occupant> Occupants() => [.. _held.Values.Where(held => held.Bytes > 0).Select(held => new Occupant(
        held.Wanted.Key,
        held.Bytes,
        MayGo: held.Status.State == LoadStage.Ready && _primaries.TryGetValue(held.Wanted.Key.Name, out var primary) && primary != held.Wanted.Key.Version && !IsPrimary(held.Wanted.Key),
        held.LastUsed))];

    private bool IsPrimary(VersionKey key) => Array.Exists(_desired.Versions, wanted => wanted.IsPrimary && wanted.Key == key);

    private LoadedModel Evict(HeldVersion held, VersionKey forTheSakeOf)
    {
        var loaded = held.Status.Loaded!;
        Log.Evicted(logger, held.Wanted.Key, forTheSakeOf, held.LastUsed);
        (held.EvictedBytes, held.Bytes, held.IsEvicted) = (held.Bytes, 0, true);
        held.Status = VersionStatus.Failed($"unloaded to make room for {forTheSakeOf}: it was not used since {held.LastUsed:u}");
        return loaded;
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
            version.ReadyAt = clock.GetUtcNow();
            version.Bytes = status.State == LoadStage.Failed ? 0 : version.Bytes;
            if (status.Loaded is { } loaded)
            {
                loaded.Breaker.Changed += _ => _changes.Writer.TryWrite(true);
            }
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
            && _desired.Versions.All(wanted => _held.TryGetValue(wanted.Key, out var held) && (held.Status.State == LoadStage.Ready || held.IsEvicted));
        catalog.Publish(new CatalogSnapshot(models, isComplete, _desired.Environment));
        _changes.Writer.TryWrite(true);
        var published = _published;
        _published = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        published.SetResult();
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
