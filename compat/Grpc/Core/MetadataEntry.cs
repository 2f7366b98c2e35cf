using System.Buffers;
using System.Text;

namespace Grpc.Core;

public sealed partial class Metadata
{
    /// <summary>One key with its value. Keys are lower case; text values are Latin-1 on the wire, printable ASCII by the protocol.</summary>
    public class Entry
    {
        private static readonly SearchValues<char> KeyCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-");

        private readonly string? _value;
        private readonly byte[]? _valueBytes;

        public Entry(string key, byte[] valueBytes)
        {
            ArgumentNullException.ThrowIfNull(valueBytes);
            Key = NormalizeKey(key);
            if (!IsBinary)
            {
                throw new ArgumentException("Key for binary valued metadata entry needs to have suffix indicating binary value.", nameof(key));
            }
            _valueBytes = [.. valueBytes];
        }

        public Entry(string key, string value)
        {
            ArgumentNullException.ThrowIfNull(value);
            Key = NormalizeKey(key);
            if (IsBinary)
            {
                throw new ArgumentException("Key for ASCII valued metadata entry cannot have suffix indicating binary value.", nameof(key));
            }
            _value = value;
        }

        /// <summary>From the wire: the key is already lower case and the bytes belong to no one else.</summary>
        private Entry(string key, string? value, byte[]? valueBytes)
        {
            Key = key;
            _value = value;
            _valueBytes = valueBytes;
        }

        public string Key { get; }

        public byte[] ValueBytes => _valueBytes is null ? Encoding.Latin1.GetBytes(_value!) : [.. _valueBytes];

        /// <exception cref="InvalidOperationException">The entry is binary.</exception>
        public string Value => _value ?? throw new InvalidOperationException("Cannot access string value of a binary metadata entry");

        public bool IsBinary => HasBinarySuffix(Key);

        public override string ToString() =>
            _value is null ? $"[Entry: key={Key}, valueBytes=({_valueBytes!.Length} bytes)]" : $"[Entry: key={Key}, value={_value}]";

        internal static Entry FromWire(string key, string value) => new(key.ToLowerInvariant(), value, null);

        internal static Entry FromWire(string key, byte[] value) => new(key.ToLowerInvariant(), null, value);

        internal static bool HasBinarySuffix(string key) => key.EndsWith(BinaryHeaderSuffix, StringComparison.OrdinalIgnoreCase);

        internal bool HasKey(string key) => string.Equals(Key, key, StringComparison.OrdinalIgnoreCase);

        /// <summary>The value as it travels in a header.</summary>
        internal string WireValue => _value ?? Convert.ToBase64String(_valueBytes!);

        private static string NormalizeKey(string key)
        {
            ArgumentNullException.ThrowIfNull(key);
            var normalized = key.ToLowerInvariant();
            if (normalized.Length == 0 || normalized.AsSpan().ContainsAnyExcept(KeyCharacters))
            {
                throw new ArgumentException(
                    $"Metadata entry key '{key}' not valid. Keys can only contain lowercase alphanumeric characters, underscores, hyphens and dots.",
                    nameof(key));
            }
            return normalized;
        }
    }
}
