using System.Collections.Frozen;
using Microsoft.Extensions.Options;

namespace ModelOps.Gateway.Replicas;

/// <summary>The replicas whose streams are open, and nothing else: a replica is in while its registration lives.</summary>
internal sealed class ReplicaDirectory(IOptions<ReplicaOptions> options)
{
    private readonly Lock _gate = new();
    private volatile ReplicaSet _current = ReplicaSet.Empty;

    /// <summary>The connected replicas.</summary>
    public ReplicaSet Current => _current;

    /// <summary>Takes a replica in. One that connects again under the same identity takes the place of its old connection.</summary>
    /// <returns>Null when there are as many as allowed.</returns>
    public Registration? Connect(ReplicaState first)
    {
        lock (_gate)
        {
            var others = _current.Replicas.RemoveAll(state => state.Replica.InstanceId == first.Replica.InstanceId);
            if (others.Length >= options.Value.MaxReplicas)
            {
                return null;
            }
            _current = new(others.Add(first));
            return new(this, first.Replica);
        }
    }

    private bool Report(Replica replica, FrozenDictionary<VersionKey, VersionReport> versions)
    {
        lock (_gate)
        {
            var index = IndexOf(replica);
            if (index < 0)
            {
                return false;
            }
            var known = _current.Replicas[index];
            if (known.Versions.Count != versions.Count || versions.Any(version => known.Of(version.Key) != version.Value))
            {
                _current = new(_current.Replicas.SetItem(index, known with { Versions = versions }));
            }
            return true;
        }
    }

    private void Remove(Replica replica)
    {
        lock (_gate)
        {
            if (IndexOf(replica) is >= 0 and var index)
            {
                _current = new(_current.Replicas.RemoveAt(index));
            }
        }
    }

    private int IndexOf(Replica replica)
    {
        for (var i = 0; i < _current.Replicas.Length; i++)
        {
            if (ReferenceEquals(_current.Replicas[i].Replica, replica))
            {
                return i;
            }
        }
        return -1;
    }

    /// <summary>A replica's place in the directory; disposing takes it out at once.</summary>
    internal sealed class Registration(ReplicaDirectory directory, Replica replica) : IDisposable
    {
        /// <summary>Records what the replica holds now.</summary>
        /// <returns>False when another connection of the same replica took its place.</returns>
        public bool Report(FrozenDictionary<VersionKey, VersionReport> versions) => directory.Report(replica, versions);

        public void Dispose() => directory.Remove(replica);
    }
}
