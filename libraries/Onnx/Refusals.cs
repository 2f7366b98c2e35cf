namespace ModelOps.Onnx;

/// <summary>Reasons found so far; the first few are enough to repair a file, and a hostile one could earn millions.</summary>
internal sealed class Refusals
{
    private const int Kept = 16;
    private readonly List<ModelRefusal> _items = [];

    public bool Any => _items.Count > 0;

    public bool Full => _items.Count >= Kept;

    public IReadOnlyList<ModelRefusal> Items => _items;

    public void Add(string field, string rule)
    {
        if (!Full)
        {
            _items.Add(new ModelRefusal(field, rule));
        }
    }
}
