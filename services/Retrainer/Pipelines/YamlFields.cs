using System.Globalization;
using ModelOps.ServiceDefaults.Errors;
using YamlDotNet.RepresentationModel;

namespace ModelOps.Retrainer.Pipelines;

/// <summary>
/// The fields of a YAML mapping, read strictly: what is missing, of the wrong kind or not asked for is a problem that names the
/// field, the rule and the line. The first problem of a file is kept; after it, values are defaults that nobody looks at.
/// </summary>
internal sealed class YamlFields(YamlNode node, string path, YamlProblem problem)
{
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    private IDictionary<YamlNode, YamlNode> Children => node is YamlMappingNode mapping ? mapping.Children : new Dictionary<YamlNode, YamlNode>();

    /// <summary>Names of the fields, in the order of the file.</summary>
    public IEnumerable<string> Names => Children.Keys.OfType<YamlScalarNode>().Select(Key);

    /// <summary>Whether a field is there.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>A text that has to be there.</summary>
    public string Text(string name)
    {
        if (Find(name) is not { } found)
        {
            problem.Keep(Path(name), "must be present", node);
            return "";
        }
        if (found is YamlScalarNode { Value: { Length: > 0 } value })
        {
            return value;
        }
        problem.Keep(Path(name), "must be a text that is not empty", found);
        return "";
    }

    /// <summary>A text out of a few; the default when it is not there.</summary>
    public string OneOf(string name, IReadOnlyList<string> allowed, string otherwise)
    {
        if (Find(name) is not { } found)
        {
            return otherwise;
        }
        if (found is YamlScalarNode { Value: { } value } && allowed.Contains(value))
        {
            return value;
        }
        problem.Keep(Path(name), $"must be one of {string.Join(", ", allowed)}", found);
        return otherwise;
    }

    /// <summary>True or false; the default when it is not there.</summary>
    public bool Flag(string name, bool otherwise)
    {
        switch (Find(name))
        {
            case null:
                return otherwise;
            case YamlScalarNode { Value: "true" }:
                return true;
            case YamlScalarNode { Value: "false" }:
                return false;
            case var found:
                problem.Keep(Path(name), "must be true or false", found);
                return otherwise;
        }
    }

    /// <summary>A number within bounds, both included; the default when it is not there.</summary>
    public double Number(string name, double otherwise, double min, double max)
    {
        if (Find(name) is not { } found)
        {
            return otherwise;
        }
        if (found is YamlScalarNode { Value: { } text }
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max)
        {
            return value;
        }
        problem.Keep(Path(name), $"must be a number from {min} to {max}", found);
        return otherwise;
    }

    /// <summary>A whole number within bounds, both included; the default when it is not there.</summary>
    public int Whole(string name, int otherwise, int min, int max)
    {
        if (Find(name) is not { } found)
        {
            return otherwise;
        }
        if (found is YamlScalarNode { Value: { } text }
            && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max)
        {
            return value;
        }
        problem.Keep(Path(name), $"must be a whole number from {min} to {max}", found);
        return otherwise;
    }

    /// <summary>A mapping; an empty one when it is not there.</summary>
    public YamlFields Fields(string name)
    {
        var found = Find(name) ?? new YamlMappingNode();
        if (found is not YamlMappingNode)
        {
            problem.Keep(Path(name), "must be a mapping", found);
        }
        else if (((YamlMappingNode)found).Children.Keys.FirstOrDefault(key => key is not YamlScalarNode) is { } key)
        {
            problem.Keep(Path(name), "must have texts as keys", key);
        }
        return new(found, Path(name), problem);
    }

    /// <summary>A list of mappings that has to be there and not be empty.</summary>
    public IReadOnlyList<YamlFields> List(string name)
    {
        if (Find(name) is not YamlSequenceNode { Children.Count: > 0 } list || !list.Children.All(child => child is YamlMappingNode))
        {
            problem.Keep(Path(name), "must be a list of mappings that is not empty", Find(name) ?? node);
            return [];
        }
        return [.. list.Children.Select((child, i) => new YamlFields(child, $"{Path(name)}[{i}]", problem))];
    }

    /// <summary>Says what is wrong with a field.</summary>
    public void Refuse(string name, string rule) => problem.Keep(Path(name), rule, Find(name) ?? node);

    /// <summary>Says that a field nobody asked for is not known.</summary>
    public void NothingElse()
    {
        if (Children.Keys.FirstOrDefault(key => !_read.Contains(Key(key))) is { } unknown)
        {
            problem.Keep(Path(Key(unknown)), "is not a known field", unknown);
        }
    }

    private static string Key(YamlNode node) => (node as YamlScalarNode)?.Value ?? "(not a text)";

    private YamlNode? Find(string name)
    {
        _read.Add(name);
        return Children.TryGetValue(new YamlScalarNode(name), out var found) ? found : null;
    }

    private string Path(string name) => path.Length == 0 ? name : $"{path}.{name}";
}

/// <summary>The first thing that is wrong with a file.</summary>
internal sealed class YamlProblem
{
    /// <summary>What it is; null while nothing is wrong.</summary>
    public Refusal? Refusal { get; private set; }

    /// <summary>Keeps a problem unless there is one already.</summary>
    public void Keep(string field, string rule, YamlNode where) => Refusal ??= Refusal.Invalid(field, $"{rule} (line {where.Start.Line})");
}
