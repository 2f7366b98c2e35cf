using System.Text;
using System.Text.Json;

namespace ModelOps.Serving;

/// <summary>The members of a JSON object by name. One that is left out has its default, one that breaks a rule is noted by its path.</summary>
internal sealed class ServingMembers
{
    private const int MaxName = 128;
    private const int MaxTextBytes = 4_096;
    private const int Shown = 64;
    private readonly Dictionary<string, JsonElement> _unread = new(StringComparer.Ordinal);
    private readonly string _path;
    private readonly ServingProblems _problems;

    private ServingMembers(string path, ServingProblems problems) => (_path, _problems) = (path, problems);

    public static ServingMembers Of(JsonElement? element, string path, ServingProblems problems)
    {
        var members = new ServingMembers(path, problems);
        if (element is { ValueKind: JsonValueKind.Object } given)
        {
            foreach (var property in given.EnumerateObject())
            {
                members._unread[property.Name] = property.Value;
            }
        }
        else if (element is not null)
        {
            problems.Add(path, "must be a JSON object");
        }
        return members;
    }

    public void Refuse(string name, string rule) => _problems.Add(Path(name), rule);

    /// <summary>What nobody asked for is unknown.</summary>
    public void RefuseOthers()
    {
        if (_unread.Keys.FirstOrDefault() is { } name)
        {
            Refuse(name.Length <= Shown ? name : name[..Shown], "is not known");
        }
    }

    public ServingMembers Section(string name) => Of(Take(name), Path(name), _problems);

    public T? OptionalSection<T>(string name, Func<ServingMembers, T> read)
        where T : class => Take(name) is { } element ? read(Of(element, Path(name), _problems)) : null;

    /// <summary>A list of objects.</summary>
    public IReadOnlyList<T> Sections<T>(string name, int most, Func<ServingMembers, T> read) =>
        [.. Elements(name, Take(name), most).Select((element, i) => read(Of(element, Path($"{name}[{i}]"), _problems)))];

    public bool Flag(string name, bool standard) => Flag(name, Take(name)) ?? standard;

    public bool? OptionalFlag(string name) => Flag(name, TakeUnlessNull(name));

    public int Whole(string name, int standard, int min, int max) => (int)(Whole(name, Take(name), min, max) ?? standard);

    public int? OptionalWhole(string name, int min, int max) => (int?)Whole(name, TakeUnlessNull(name), min, max);

    public long Long(string name, long standard, long min, long max) => Whole(name, Take(name), min, max) ?? standard;

    public long? OptionalLong(string name, long min, long max) => Whole(name, TakeUnlessNull(name), min, max);

    public double Number(string name, double standard, double min, double max)
    {
        if (Take(name) is not { } element)
        {
            return standard;
        }
        if (element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var value) && value >= min && value <= max)
        {
            return value;
        }
        Refuse(name, $"must be a number from {min} to {max}");
        return standard;
    }

    public T Choice<T>(string name, T standard)
        where T : struct, Enum
    {
        if (Take(name) is not { } element)
        {
            return standard;
        }
        var text = element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        foreach (var value in Enum.GetValues<T>())
        {
            if (NameOf(value) == text)
            {
                return value;
            }
        }
        Refuse(name, $"must be one of {string.Join(", ", Enum.GetValues<T>().Select(NameOf))}");
        return standard;
    }

    public IReadOnlyList<int> Wholes(string name, int most, int min, int max) => [.. Longs(name, most, min, max).Select(value => (int)value)];

    public IReadOnlyList<long> Longs(string name, int most, long min, long max) =>
        [.. Elements(name, Take(name), most).Select((element, i) => Whole($"{name}[{i}]", element, min, max) ?? min)];

    /// <summary>Finite numbers.</summary>
    public IReadOnlyList<double> Numbers(string name, int most) => [.. Elements(name, Take(name), most).Select((element, i) => Finite($"{name}[{i}]", element))];

    /// <summary>A name that must be there.</summary>
    public string Name(string name)
    {
        var text = Take(name) is { } element ? Text(name, element) : "";
        CheckName(name, text);
        return text;
    }

    /// <summary>Names, each once.</summary>
    public IReadOnlyList<string> Names(string name, int most)
    {
        string[] names = [.. Elements(name, Take(name), most).Select((element, i) => Text($"{name}[{i}]", element))];
        for (var i = 0; i < names.Length; i++)
        {
            CheckName($"{name}[{i}]", names[i]);
        }
        if (names.Distinct(StringComparer.Ordinal).Count() < names.Length)
        {
            Refuse(name, "must have each name once");
        }
        return names;
    }

    public IReadOnlyList<string>? OptionalTexts(string name, int most) => TakeUnlessNull(name) is { } element
        ? [.. Elements(name, element, most).Select((text, i) => Text($"{name}[{i}]", text))]
        : null;

    public string? OptionalText(string name) => TakeUnlessNull(name) is { } element ? Text(name, element) : null;

    /// <summary>Values by name.</summary>
    public IReadOnlyDictionary<string, T> Map<T>(string name, int most, Func<ServingMembers, string, T> read)
    {
        var members = Section(name);
        string[] names = [.. members._unread.Keys];
        if (names.Length > most)
        {
            Refuse(name, $"may have at most {most} entries, it has {names.Length}");
            return new Dictionary<string, T>();
        }
        foreach (var key in names)
        {
            members.CheckName(key, key);
        }
        return names.ToDictionary(key => key, key => read(members, key), StringComparer.Ordinal);
    }

    /// <summary>A number, a truth value or a text.</summary>
    public JsonElement Scalar(string name)
    {
        var element = Take(name) ?? default;
        var rule = element.ValueKind switch
        {
            JsonValueKind.True or JsonValueKind.False => null,
            JsonValueKind.Number => element.TryGetDouble(out var number) && double.IsFinite(number) ? null : "must be a number within 64 bits",
            JsonValueKind.String => element.GetString() is { } text && Encoding.UTF8.GetByteCount(text) <= MaxTextBytes && !text.Contains('\0', StringComparison.Ordinal)
                ? null
                : $"must be a text of at most {MaxTextBytes} bytes without U+0000",
            _ => "must be a number, true, false or a text",
        };
        if (rule is not null)
        {
            Refuse(name, rule);
        }
        return element.ValueKind == JsonValueKind.Undefined ? default : element.Clone();
    }

    internal static string NameOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private string Path(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    private JsonElement? Take(string name) => _unread.Remove(name, out var element) ? element : null;

    private JsonElement? TakeUnlessNull(string name) => Take(name) is { ValueKind: not JsonValueKind.Null } element ? element : null;

    private bool? Flag(string name, JsonElement? element)
    {
        if (element is { ValueKind: not (JsonValueKind.True or JsonValueKind.False) })
        {
            Refuse(name, "must be true or false");
            return null;
        }
        return element?.GetBoolean();
    }

    private long? Whole(string name, JsonElement? element, long min, long max)
    {
        if (element is not { } given)
        {
            return null;
        }
        if (given.ValueKind == JsonValueKind.Number && given.TryGetInt64(out var value) && value >= min && value <= max)
        {
            return value;
        }
        Refuse(name, $"must be a whole number from {min} to {max}");
        return null;
    }

    private JsonElement[] Elements(string name, JsonElement? element, int most)
    {
        if (element is not { } given)
        {
            return [];
        }
        if (given.ValueKind == JsonValueKind.Array && given.GetArrayLength() <= most)
        {
            return [.. given.EnumerateArray()];
        }
        Refuse(name, $"must be a list of at most {most} elements");
        return [];
    }

    private double Finite(string name, JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var value) && double.IsFinite(value))
        {
            return value;
        }
        Refuse(name, "must be a number within 64 bits");
        return 0;
    }

    private string Text(string name, JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            return element.GetString()!;
        }
        Refuse(name, "must be a text");
        return "";
    }

    private void CheckName(string path, string name)
    {
        if (name.Length is 0 or > MaxName || name.Any(char.IsControl))
        {
            Refuse(path.Length <= Shown ? path : path[..Shown], $"must be a name of 1 to {MaxName} characters without control characters");
        }
    }
}
