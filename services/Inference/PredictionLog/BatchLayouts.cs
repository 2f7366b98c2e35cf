using ModelOps.Contracts.Monitor.V1;

namespace ModelOps.Inference.PredictionLog;

/// <summary>The layouts of a batch, each written once: frames that follow each other mostly have the same.</summary>
internal sealed class BatchLayouts(WireWriter wire)
{
    private readonly List<byte[]> _layouts = [];
    private int _last;

    /// <summary>Place of a layout in the batch; a new one is written.</summary>
    public int IndexOf(ReadOnlySpan<byte> layout)
    {
        if (_layouts.Count > 0 && layout.SequenceEqual(_layouts[_last]))
        {
            return _last;
        }
        for (_last = 0; _last < _layouts.Count; _last++)
        {
            if (layout.SequenceEqual(_layouts[_last]))
            {
                return _last;
            }
        }
        _layouts.Add(layout.ToArray());
        wire.Element(PredictionBatch.LayoutsFieldNumber, layout);
        return _last;
    }
}
