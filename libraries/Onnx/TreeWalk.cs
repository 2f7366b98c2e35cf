namespace ModelOps.Onnx;

/// <summary>Walks the nodes of trees without recursion. Branches may share a child, as exporters write for set membership; no branch may come back.</summary>
internal static class TreeWalk
{
    /// <summary>Stands for a child that is no node.</summary>
    public const int None = -1;

    /// <summary>Finds a node that leads back to itself.</summary>
    public static int? FindCycle((int True, int False)[] children)
    {
        var states = new State[children.Length];
        var path = new Stack<int>();
        for (var root = 0; root < children.Length; root++)
        {
            path.Push(root);
            while (path.TryPeek(out var node))
            {
                if (states[node] != State.New)
                {
                    states[node] = State.Done;
                    path.Pop();
                    continue;
                }
                states[node] = State.Open;
                foreach (var child in (ReadOnlySpan<int>)[children[node].True, children[node].False])
                {
                    if (child == None || states[child] == State.Done)
                    {
                        continue;
                    }
                    if (states[child] == State.Open)
                    {
                        return child;
                    }
                    path.Push(child);
                }
            }
        }
        return null;
    }

    private enum State : byte
    {
        New, Open, Done,
    }
}
