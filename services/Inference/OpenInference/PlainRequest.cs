using System.Text.Unicode;

namespace ModelOps.Inference.OpenInference;

/// <summary>
/// The heads of an inference request in its plain form: raw contents for every input, no parameters anywhere. Nearly every request of a
/// busy service is one, and read this way it costs no objects; every other form is read as messages.
/// </summary>
internal sealed class PlainRequest
{
    /// <summary>More inputs, outputs or dimensions than this are read as messages: what is kept for the next request must stay small.</summary>
    private const int Most = 1_024;
    private readonly List<TensorHead> _inputs = [];
    private readonly List<Slice> _outputs = [];
    private readonly List<Slice> _raw = [];
    private readonly List<long> _lengths = [];

    public Slice ModelName { get; private set; }

    public Slice ModelVersion { get; private set; }

    public Slice Id { get; private set; }

    public IReadOnlyList<TensorHead> Inputs => _inputs;

    /// <summary>Names of the outputs wanted; empty for all.</summary>
    public IReadOnlyList<Slice> Outputs => _outputs;

    /// <summary>Elements of the inputs, in their order.</summary>
    public IReadOnlyList<Slice> Raw => _raw;

    /// <summary>Dimensions of an input.</summary>
    public long[] Shape(in TensorHead input) => [.. System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_lengths).Slice(input.FirstLength, input.Lengths)];

    /// <summary>Reads a ModelInferRequest.</summary>
    /// <returns>False when it is not plain, or malformed.</returns>
    public bool TryRead(ReadOnlySpan<byte> bytes)
    {
        (ModelName, ModelVersion, Id) = (default, default, default);
        _inputs.Clear();
        _outputs.Clear();
        _raw.Clear();
        _lengths.Clear();
        var reader = new ProtoReader(bytes, new Slice(0, bytes.Length));
        while (reader.Next())
        {
            if (!reader.IsDelimited || Math.Max(_inputs.Count, Math.Max(_outputs.Count, _raw.Count)) >= Most || !TryTake(bytes, reader.Field, reader.Value))
            {
                return false;
            }
        }
        return !reader.IsBroken && _inputs.Count > 0 && _raw.Count == _inputs.Count;
    }

    private bool TryTake(ReadOnlySpan<byte> bytes, int field, Slice value)
    {
        switch (field)
        {
            case 1 when IsText(bytes, value):
                ModelName = value;
                return true;
            case 2 when IsText(bytes, value):
                ModelVersion = value;
                return true;
            case 3 when IsText(bytes, value):
                Id = value;
                return true;
            case 5:
                return TryReadInput(bytes, value);
            case 6:
                return TryReadOutput(bytes, value);
            case 7:
                _raw.Add(value);
                return true;
            default:
                return false;
        }
    }

    private bool TryReadInput(ReadOnlySpan<byte> bytes, Slice message)
    {
        var (name, datatype, first) = (default(Slice), default(Slice), _lengths.Count);
        var reader = new ProtoReader(bytes, message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1 when reader.IsDelimited:
                    name = reader.Value;
                    break;
                case 2 when reader.IsDelimited:
                    datatype = reader.Value;
                    break;
                case 3 when !reader.IsDelimited && _lengths.Count < Most:
                    _lengths.Add((long)reader.Number);
                    break;
                case 3 when TryReadPacked(bytes, reader.Value):
                    break;
                default:
                    return false;
            }
        }
        _inputs.Add(new TensorHead(name, datatype, first, _lengths.Count - first));
        return !reader.IsBroken;
    }

    private bool TryReadPacked(ReadOnlySpan<byte> bytes, Slice packed)
    {
        var reader = new ProtoReader(bytes, packed);
        while (_lengths.Count < Most && reader.NextPacked(out var length))
        {
            _lengths.Add((long)length);
        }
        return _lengths.Count < Most && !reader.IsBroken;
    }

    private bool TryReadOutput(ReadOnlySpan<byte> bytes, Slice message)
    {
        var reader = new ProtoReader(bytes, message);
        if (!reader.Next() || reader.Field != 1 || !reader.IsDelimited)
        {
            return false;
        }
        _outputs.Add(reader.Value);
        return !reader.Next() && !reader.IsBroken;
    }

    private static bool IsText(ReadOnlySpan<byte> bytes, Slice value) => Utf8.IsValid(bytes.Slice(value.Start, value.Length));
}

/// <summary>An input's head.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Datatype">Its datatype.</param>
/// <param name="FirstLength">Where its dimensions begin.</param>
/// <param name="Lengths">How many they are.</param>
internal readonly record struct TensorHead(Slice Name, Slice Datatype, int FirstLength, int Lengths);
