using System.Collections;
using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;

namespace Grpc.AspNetCore.HealthChecks;

/// <summary>The mappings, one per service name.</summary>
public sealed class ServiceMappingCollection : ICollection<ServiceMapping>
{
    private readonly ByName _mappings = [];

    public int Count => _mappings.Count;

    bool ICollection<ServiceMapping>.IsReadOnly => false;

    public void Add(ServiceMapping service) => _mappings.Add(service);

    public void Clear() => _mappings.Clear();

    public void Remove(string name) => _mappings.Remove(name);

    /// <summary>Maps a service, in place of an earlier mapping of that name.</summary>
    public void Map(string name, Func<HealthCheckMapContext, bool> predicate) => Replace(new ServiceMapping(name, predicate));

    [Obsolete("Use Map(string, Func<HealthCheckMapContext, bool>) instead.")]
    public void MapService(string name, Func<HealthResult, bool> predicate) => Replace(new ServiceMapping(name, predicate));

    public IEnumerator<ServiceMapping> GetEnumerator() => _mappings.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    bool ICollection<ServiceMapping>.Contains(ServiceMapping item) => _mappings.Contains(item);

    void ICollection<ServiceMapping>.CopyTo(ServiceMapping[] array, int arrayIndex) => _mappings.CopyTo(array, arrayIndex);

    bool ICollection<ServiceMapping>.Remove(ServiceMapping item) => _mappings.Remove(item);

    internal bool TryGet(string name, [NotNullWhen(true)] out ServiceMapping? mapping) => _mappings.TryGetValue(name, out mapping);

    private void Replace(ServiceMapping mapping)
    {
        _mappings.Remove(mapping.Name);
        _mappings.Add(mapping);
    }

    private sealed class ByName() : KeyedCollection<string, ServiceMapping>(StringComparer.Ordinal)
    {
        protected override string GetKeyForItem(ServiceMapping item) => item.Name;
    }
}
