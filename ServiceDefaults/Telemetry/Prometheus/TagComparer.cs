namespace ModelOps.ServiceDefaults.Telemetry.Prometheus;

/// <summary>Compares tags as they are recorded, so that a known combination is found without an allocation.</summary>
internal sealed class TagComparer
    : IEqualityComparer<KeyValuePair<string, object?>[]>, IAlternateEqualityComparer<ReadOnlySpan<KeyValuePair<string, object?>>, KeyValuePair<string, object?>[]>
{
    public static readonly TagComparer Instance = new();

    public bool Equals(KeyValuePair<string, object?>[]? x, KeyValuePair<string, object?>[]? y) => Equals(x.AsSpan(), y!);

    public int GetHashCode(KeyValuePair<string, object?>[] obj) => GetHashCode(obj.AsSpan());

    public KeyValuePair<string, object?>[] Create(ReadOnlySpan<KeyValuePair<string, object?>> alternate) => alternate.ToArray();

    public bool Equals(ReadOnlySpan<KeyValuePair<string, object?>> alternate, KeyValuePair<string, object?>[] other)
    {
        if (alternate.Length != other.Length)
        {
            return false;
        }
        for (var index = 0; index < other.Length; index++)
        {
            if (alternate[index].Key != other[index].Key || !Equals(alternate[index].Value, other[index].Value))
            {
                return false;
            }
        }
        return true;
    }

    public int GetHashCode(ReadOnlySpan<KeyValuePair<string, object?>> alternate)
    {
        var hash = new HashCode();
        foreach (var (key, value) in alternate)
        {
            hash.Add(Sketch(key));
            hash.Add(value is string text ? Sketch(text) : value?.GetHashCode() ?? 0);
        }
        return hash.ToHashCode();
    }

    /// <summary>
    /// Instruments are recorded many times in every request, each time with the same few tags: length and three characters tell them apart
    /// well enough, and the table has a limit whatever is recorded.
    /// </summary>
    private static int Sketch(string text) => text.Length == 0 ? 0 : text.Length | (text[0] << 8) | (text[text.Length / 2] << 16) | (text[^1] << 24);
}
