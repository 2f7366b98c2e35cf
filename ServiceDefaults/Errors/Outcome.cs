using System.Diagnostics.CodeAnalysis;

namespace ModelOps.ServiceDefaults.Errors;

/// <summary>Either a value or the reason why there is none. Rules and handlers return it; exceptions are for bugs and I/O.</summary>
/// <typeparam name="T">What a success gives.</typeparam>
public sealed record Outcome<T>
    where T : notnull
{
    private Outcome(T? value, Refusal? refusal)
    {
        Value = value;
        Refusal = refusal;
    }

    /// <summary>The value; null (or default, for a value type) when refused.</summary>
    public T? Value { get; }

    /// <summary>Why there is no value; null on success.</summary>
    public Refusal? Refusal { get; }

    /// <summary>True when there is a value.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool Succeeded => Refusal is null;

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(Refusal refusal) => new(default, refusal);

    /// <summary>Goes on with the value, or keeps the refusal.</summary>
    public Outcome<TNext> Then<TNext>(Func<T, Outcome<TNext>> next)
        where TNext : notnull
    {
        ArgumentNullException.ThrowIfNull(next);
        return Succeeded ? next(Value) : Refusal;
    }
}
