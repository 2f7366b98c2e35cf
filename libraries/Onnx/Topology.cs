namespace ModelOps.Onnx;

/// <summary>Which node needs which; nodes need not be stored in an order in which they can run, but there must be one.</summary>
internal sealed class Topology(int nodes)
{
    private readonly List<int>?[] _users = new List<int>?[nodes];
    private readonly int[] _waitsFor = new int[nodes];
    private readonly Dictionary<int, List<int>> _backward = [];

    /// <summary>Notes that a node needs another one's output.</summary>
    public void Need(int node, int producer)
    {
        (_users[producer] ??= []).Add(node);
        _waitsFor[node]++;
        if (producer >= node)
        {
            // Every cycle has at least one such step; sorted graphs have none and pay nothing.
            (_backward.TryGetValue(node, out var known) ? known : _backward[node] = []).Add(producer);
        }
    }

    /// <summary>Finds a node that cannot run before itself.</summary>
    /// <returns>The node, which is on a cycle or behind one; null when there is no cycle.</returns>
    public int? FindCycle()
    {
        if (_backward.Count == 0)
        {
            return null;
        }
        var ready = new Stack<int>(Enumerable.Range(0, nodes).Where(node => _waitsFor[node] == 0));
        while (ready.TryPop(out var node))
        {
            foreach (var user in _users[node] ?? [])
            {
                if (--_waitsFor[user] == 0)
                {
                    ready.Push(user);
                }
            }
        }
        // What still waits is on a cycle or behind one; a step back whose ends both wait is the best place to name.
        foreach (var (node, producers) in _backward)
        {
            if (_waitsFor[node] > 0 && producers.Any(producer => _waitsFor[producer] > 0))
            {
                return node;
            }
        }
        return null;
    }
}
