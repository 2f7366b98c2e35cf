using System.Buffers;
using System.Text;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Tensors;

/// <summary>
/// The inputs of one request, bound to a model's schema and checked against it. Elements are held in the protocol's raw
/// encoding whatever way they came, so what runs or batches them knows one form.
/// </summary>
internal sealed class BoundInputs(ModelSchema schema) : IDisposable
{
    private readonly BoundInput[] _inputs = new BoundInput[schema.Inputs.Length];

    /// <summary>What the inputs are bound to.</summary>
    public ModelSchema Schema => schema;

    /// <summary>One entry per input of the schema, in its order.</summary>
    public ReadOnlySpan<BoundInput> Inputs => _inputs;

    /// <summary>The first dimension that all inputs share; 0 when they do not, or one of them is a scalar.</summary>
    public int Rows
    {
        get
        {
            var rows = _inputs[0].Shape is [var first, ..] ? first : 0;
            foreach (ref readonly var input in Inputs)
            {
                if (input.Shape is not [var length, ..] || length != rows)
                {
                    return 0;
                }
            }
            return (int)rows;
        }
    }

    /// <summary>Binds a tensor by name and checks its datatype and shape; its elements come with <see cref="Fill"/>.</summary>
    /// <param name="name">Name as the caller wrote it.</param>
    /// <param name="datatype">Datatype as the caller wrote it.</param>
    /// <param name="shape">Dimensions; kept.</param>
    /// <param name="ordinal">Which input of the schema it is.</param>
    public Refusal? Declare(string name, string datatype, long[] shape, out int ordinal)
    {
        ordinal = schema.FindInput(name);
        if (ordinal < 0)
        {
            return Bad(name, $"is unknown; the model takes {ModelSchema.Names(schema.Inputs)}");
        }
        var expected = schema.Inputs[ordinal];
        ref var input = ref _inputs[ordinal];
        if (input.Shape is not null)
        {
            return Bad(name, "is given twice");
        }
        if (!string.Equals(datatype, expected.Datatype.Name, StringComparison.Ordinal))
        {
            return Bad(name, $"has datatype '{datatype}', the model takes {expected.Datatype.Name}");
        }
        if (TensorShape.Count(shape, out var elements) is { } broken)
        {
            return Bad(name, broken);
        }
        if (!expected.Fits(shape))
        {
            return Bad(name, $"has shape {TensorShape.Text(shape)}, the model takes {TensorShape.Text(expected.Shape)}");
        }
        input = new BoundInput(shape, elements);
        return null;
    }

    /// <summary>Binds a tensor by name, without saying what is wrong where it cannot be bound.</summary>
    /// <param name="name">Name in UTF-8.</param>
    /// <param name="datatype">Datatype in UTF-8.</param>
    /// <param name="shape">Dimensions; kept.</param>
    /// <param name="expected">Which input of the schema it probably is.</param>
    /// <param name="ordinal">Which input of the schema it is.</param>
    public bool TryDeclare(ReadOnlySpan<byte> name, ReadOnlySpan<byte> datatype, long[] shape, int expected, out int ordinal)
    {
        ordinal = expected < schema.Inputs.Length && name.SequenceEqual(schema.Inputs[expected].Utf8Name) ? expected : schema.FindInput(Encoding.UTF8.GetString(name));
        if (ordinal < 0 || _inputs[ordinal].Shape is not null || !datatype.SequenceEqual(schema.Inputs[ordinal].Datatype.Utf8Name)
            || TensorShape.Count(shape, out var elements) is not null || !schema.Inputs[ordinal].Fits(shape))
        {
            return false;
        }
        _inputs[ordinal] = new BoundInput(shape, elements);
        return true;
    }

    /// <summary>Gives a declared input its elements, in the raw encoding.</summary>
    /// <param name="ordinal">The input.</param>
    /// <param name="raw">The elements; kept, not copied.</param>
    /// <param name="rented">The pooled array behind them, returned when the inputs are disposed of; null when there is none.</param>
    public Refusal? Fill(int ordinal, ReadOnlyMemory<byte> raw, byte[]? rented = null)
    {
        ref var input = ref _inputs[ordinal];
        input.Raw = raw;
        input.Rented = rented;
        var expected = schema.Inputs[ordinal];
        return ElementRules.Check(expected.Datatype, raw.Span, input.Elements, schema.AllowNaN) is { } broken ? Bad(expected.Name, broken) : null;
    }

    /// <summary>Checks what only all inputs together can show: that none is missing, and that dimensions of one name have one length.</summary>
    public Refusal? Complete()
    {
        for (var i = 0; i < _inputs.Length; i++)
        {
            if (_inputs[i].Shape is null)
            {
                return Bad(schema.Inputs[i].Name, $"is missing; the model takes {ModelSchema.Names(schema.Inputs)}");
            }
        }
        return CheckSharedDimensions();
    }

    public void Dispose()
    {
        for (var i = 0; i < _inputs.Length; i++)
        {
            if (_inputs[i].Rented is { } rented)
            {
                _inputs[i] = default;
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    /// <summary>A refusal that names an input.</summary>
    public static Refusal Bad(string name, string rule) => Refusal.Invalid($"inputs.{name}", rule);

    private Refusal? CheckSharedDimensions()
    {
        foreach (var shared in schema.SharedDimensions)
        {
            var length = _inputs[shared.Input].Shape![shared.Axis];
            var first = _inputs[shared.FirstInput].Shape![shared.FirstAxis];
            if (length != first)
            {
                return Bad(
                    schema.Inputs[shared.Input].Name,
                    $"has {length} in dimension {shared.Axis} ('{shared.Symbol}') where input '{schema.Inputs[shared.FirstInput].Name}' has {first}");
            }
        }
        return null;
    }

}

/// <summary>One bound input.</summary>
/// <param name="Shape">Dimensions; null as long as the request has not named the input.</param>
/// <param name="Elements">Their product.</param>
internal record struct BoundInput(long[]? Shape, int Elements)
{
    /// <summary>The elements, little-endian and row-major; each BYTES element preceded by its length.</summary>
    public ReadOnlyMemory<byte> Raw { get; set; }

    /// <summary>The pooled array that <see cref="Raw"/> lies in, if any.</summary>
    public byte[]? Rented { get; set; }
}
