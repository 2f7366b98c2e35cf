using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace StackExchange.Redis;

#pragma warning disable CA1036, CA2225 // The operators are those of the package.

/// <summary>A value: null, a number, text (UTF-8 on the wire) or bytes. Values that are the same on the wire are equal.</summary>
public readonly struct RedisValue : IEquatable<RedisValue>, IComparable<RedisValue>, IComparable
{
    private static readonly object Integer = new();
    private static readonly object Number = new();
    private static readonly object Bytes = new();

    // A string, or one of the marks above, which say which of the two fields below counts.
    private readonly object? _kind;
    private readonly long _bits;
    private readonly ReadOnlyMemory<byte> _bytes;

    public RedisValue(string value) => _kind = value;

    private RedisValue(long value)
    {
        _kind = Integer;
        _bits = value;
    }

    private RedisValue(double value)
    {
        _kind = Number;
        _bits = BitConverter.DoubleToInt64Bits(value);
    }

    private RedisValue(ReadOnlyMemory<byte> value)
    {
        _kind = Bytes;
        _bytes = value;
    }

    public static RedisValue EmptyString { get; } = new(ReadOnlyMemory<byte>.Empty);

    public static RedisValue Null => default;

    public bool IsNull => _kind is null;

    public bool IsInteger => ReferenceEquals(_kind, Integer);

    public bool IsNullOrEmpty => IsNull || Length() == 0;

    public bool HasValue => !IsNullOrEmpty;

    public static implicit operator RedisValue(int value) => new((long)value);

    public static implicit operator RedisValue(int? value) => value is { } some ? new((long)some) : Null;

    public static implicit operator RedisValue(long value) => new(value);

    public static implicit operator RedisValue(long? value) => value is { } some ? new(some) : Null;

    public static implicit operator RedisValue(double value) => new(value);

    public static implicit operator RedisValue(double? value) => value is { } some ? new(some) : Null;

    public static implicit operator RedisValue(bool value) => new(value ? 1L : 0L);

    public static implicit operator RedisValue(bool? value) => value is { } some ? some : Null;

    public static implicit operator RedisValue(string? value) => value is null ? Null : new(value);

    public static implicit operator RedisValue(byte[]? value) => value is null ? Null : new((ReadOnlyMemory<byte>)value);

    public static implicit operator RedisValue(ReadOnlyMemory<byte> value) => new(value);

    public static implicit operator RedisValue(Memory<byte> value) => new((ReadOnlyMemory<byte>)value);

    public static implicit operator string?(RedisValue value) => value._kind switch
    {
        null => null,
        string text => text,
        var kind when ReferenceEquals(kind, Bytes) => TextOf(value._bytes.Span),
        _ => Encoding.ASCII.GetString(value.ToMemory().Span),
    };

    public static implicit operator byte[]?(RedisValue value) => value.IsNull ? null : value.ToMemory().ToArray();

    public static implicit operator ReadOnlyMemory<byte>(RedisValue value) => value.IsNull ? default : value.ToMemory();

    public static explicit operator bool(RedisValue value) => (string?)value switch
    {
        null => false,
        "1" or "t" or "true" or "y" or "yes" => true,
        "0" or "f" or "false" or "n" or "no" => false,
        _ => throw Invalid(value, "Boolean"),
    };

    public static explicit operator int(RedisValue value) => checked((int)(long)value);

    public static explicit operator long(RedisValue value) => value.IsNull ? 0 : value.TryParse(out long number) ? number : throw Invalid(value, "Int64");

    public static explicit operator double(RedisValue value) => value.IsNull ? 0 : value.TryParse(out double number) ? number : throw Invalid(value, "Double");

    public static explicit operator bool?(RedisValue value) => value.IsNull ? null : (bool)value;

    public static explicit operator int?(RedisValue value) => value.IsNull ? null : (int)value;

    public static explicit operator long?(RedisValue value) => value.IsNull ? null : (long)value;

    public static explicit operator double?(RedisValue value) => value.IsNull ? null : (double)value;

    public static bool operator ==(RedisValue x, RedisValue y) => x.Equals(y);

    public static bool operator !=(RedisValue x, RedisValue y) => !x.Equals(y);

    /// <summary>How many bytes it has on the wire.</summary>
    public long Length() => _kind switch
    {
        null => 0,
        string text => Encoding.UTF8.GetByteCount(text),
        _ => ToMemory().Length,
    };

    public bool TryParse(out long val)
    {
        val = _bits;
        if (IsInteger)
        {
            return true;
        }
        if (ReferenceEquals(_kind, Number))
        {
            var number = BitConverter.Int64BitsToDouble(_bits);
            val = number is >= long.MinValue and < long.MaxValue ? (long)number : 0;
            return val == number;
        }
        var bytes = IsNull ? default : ToMemory().Span;
        return Utf8Parser.TryParse(bytes, out val, out var used) && used == bytes.Length;
    }

    public bool TryParse(out int val)
    {
        var whole = TryParse(out long number) && number is >= int.MinValue and <= int.MaxValue;
        val = whole ? (int)number : 0;
        return whole;
    }

    public bool TryParse(out double val)
    {
        val = ReferenceEquals(_kind, Number) ? BitConverter.Int64BitsToDouble(_bits) : _bits;
        if (IsInteger || ReferenceEquals(_kind, Number))
        {
            return true;
        }
        switch ((string?)this)
        {
            case "inf" or "+inf":
                val = double.PositiveInfinity;
                return true;
            case "-inf":
                val = double.NegativeInfinity;
                return true;
            case "nan":
                val = double.NaN;
                return true;
            case { Length: > 0 } text:
                return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out val);
            default:
                return false;
        }
    }

    public bool Equals(RedisValue other)
    {
        if (IsNull || other.IsNull)
        {
            return IsNull && other.IsNull;
        }
        if (_kind is string x && other._kind is string y)
        {
            return x == y;
        }
        return TryParse(out double mine) && other.TryParse(out double theirs)
            ? (TryParse(out long a) && other.TryParse(out long b) ? a == b : mine.Equals(theirs))
            : ToMemory().Span.SequenceEqual(other.ToMemory().Span);
    }

    public override bool Equals(object? obj) => obj switch
    {
        null => IsNull,
        RedisValue value => Equals(value),
        string text => Equals((RedisValue)text),
        byte[] bytes => Equals((RedisValue)bytes),
        _ => false,
    };

    public override int GetHashCode()
    {
        if (IsNull)
        {
            return -1;
        }
        if (TryParse(out double number))
        {
            return number.GetHashCode();
        }
        var hash = default(HashCode);
        hash.AddBytes(ToMemory().Span);
        return hash.ToHashCode();
    }

    public int CompareTo(RedisValue other)
    {
        if (IsNull || other.IsNull)
        {
            return other.IsNull.CompareTo(IsNull);
        }
        if (TryParse(out long a) && other.TryParse(out long b))
        {
            return a.CompareTo(b);
        }
        return TryParse(out double mine) && other.TryParse(out double theirs)
            ? mine.CompareTo(theirs)
            : ToMemory().Span.SequenceCompareTo(other.ToMemory().Span);
    }

    int IComparable.CompareTo(object? obj) => obj is RedisValue value ? CompareTo(value) : throw new ArgumentException("not a RedisValue", nameof(obj));

    public override string ToString() => (string?)this ?? "";

    /// <summary>Text that is no UTF-8 is shown as hexadecimal bytes.</summary>
    internal static string TextOf(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return BitConverter.ToString(bytes.ToArray());
        }
    }

    internal static RedisValue FromObject(object? value) => value switch
    {
        null => Null,
        RedisValue some => some,
        RedisKey key => key.AsValue(),
        string text => text,
        byte[] bytes => bytes,
        ReadOnlyMemory<byte> memory => memory,
        Memory<byte> memory => memory,
        int number => number,
        long number => number,
        double number => number,
        float number => (double)number,
        uint number => (long)number,
        bool flag => flag,
        _ => throw new InvalidCastException($"'{value.GetType().FullName}' is no argument of a command"),
    };

    /// <summary>Its bytes on the wire; null is an error.</summary>
    internal ReadOnlyMemory<byte> ToMemory() => _kind switch
    {
        null => throw new ArgumentException("A null value is not valid in this context"),
        string text => Encoding.UTF8.GetBytes(text),
        var kind when ReferenceEquals(kind, Bytes) => _bytes,
        var kind when ReferenceEquals(kind, Integer) => Encoding.ASCII.GetBytes(_bits.ToString(CultureInfo.InvariantCulture)),
        _ => Encoding.ASCII.GetBytes(TextOf(BitConverter.Int64BitsToDouble(_bits))),
    };

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static string TextOf(double value) => value switch
    {
        double.PositiveInfinity => "+inf",
        double.NegativeInfinity => "-inf",
        _ => value.ToString("G17", CultureInfo.InvariantCulture),
    };

    private static InvalidCastException Invalid(RedisValue value, string type) =>
        new($"Unable to cast from RedisValue to {type}: {(value._kind is string ? "text" : "bytes")} of length {value.Length()}");
}
