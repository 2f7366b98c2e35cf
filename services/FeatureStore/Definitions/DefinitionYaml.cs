using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace ModelOps.FeatureStore.Definitions;

/// <summary>Reads YAML strictly: what is not asked for is an error at its line. Anchors, aliases and tags are refused, so a file is as large as it looks.</summary>
internal static class DefinitionYaml
{
    private const int MaxDepth = 8;
    private const long MaxTtlSeconds = 36_500L * 86_400;

    /// <summary>The one mapping that a file consists of.</summary>
    /// <exception cref="YamlException">The text is no such file.</exception>
    public static YamlMappingNode Load(string text)
    {
        CheckEvents(text);
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return stream.Documents.Count == 1
            ? Mapping(stream.Documents[0].RootNode)
            : throw new YamlException($"must hold one document, it holds {stream.Documents.Count}");
    }

    /// <summary>A broken rule at a node's line.</summary>
    public static YamlException Broken(YamlNode at, string rule) => new(at.Start, at.End, rule);

    /// <summary>A mapping that has no keys but these.</summary>
    public static YamlMappingNode Mapping(YamlNode node, params ReadOnlySpan<string> keys)
    {
        var mapping = node as YamlMappingNode ?? throw Broken(node, "must be a mapping");
        foreach (var key in mapping.Children.Keys)
        {
            if (keys.Length > 0 && !keys.Contains(Text(key)))
            {
                throw Broken(key, $"'{Shown(Text(key))}' is not a known key; known are {string.Join(", ", keys!)}");
            }
        }
        return mapping;
    }

    /// <summary>The entries of a list; none when the key is not there.</summary>
    public static IReadOnlyList<YamlNode> List(YamlMappingNode mapping, string key, int max)
    {
        if (!mapping.Children.TryGetValue(new YamlScalarNode(key), out var node))
        {
            return [];
        }
        var list = node as YamlSequenceNode ?? throw Broken(node, $"{key} must be a list");
        return list.Children.Count <= max ? [.. list.Children] : throw Broken(node, $"{key} may have at most {max:N0} entries, it has {list.Children.Count:N0}");
    }

    /// <summary>The value of a key that must be there.</summary>
    public static YamlNode Required(YamlMappingNode mapping, string key) =>
        mapping.Children.TryGetValue(new YamlScalarNode(key), out var node) ? node : throw Broken(mapping, $"{key} must be present");

    /// <summary>The value of a key that may be there.</summary>
    public static YamlNode? Optional(YamlMappingNode mapping, string key) => mapping.Children.TryGetValue(new YamlScalarNode(key), out var node) ? node : null;

    /// <summary>A text or number.</summary>
    public static string Text(YamlNode node) => (node as YamlScalarNode)?.Value ?? throw Broken(node, "must be a single value");

    /// <summary>A name.</summary>
    public static string Name(YamlNode node) =>
        Text(node) is var name && DefinitionNames.IsName(name) ? name : throw Broken(node, $"'{Shown(name)}' {DefinitionNames.Rule}");

    /// <summary>True or false.</summary>
    public static bool Truth(YamlNode node) => Text(node) switch
    {
        "true" => true,
        "false" => false,
        var other => throw Broken(node, $"'{Shown(other)}' must be true or false"),
    };

    /// <summary>A duration in seconds: a whole number with s, m, h or d.</summary>
    public static long Seconds(YamlNode node)
    {
        var text = Text(node);
        var unit = text.Length > 0 ? "s m h d".IndexOf(text[^1], StringComparison.Ordinal) : -1;
        long[] seconds = [1, 60, 3_600, 86_400];
        return unit >= 0 && text[^1] != ' ' && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number * seconds[unit / 2] is > 0 and <= MaxTtlSeconds and var ttl
            ? ttl
            : throw Broken(node, $"'{Shown(text)}' must be a whole number with s, m, h or d, for example 120d, at most 36500d");
    }

    private static string Shown(string text) => text.Length <= 64 ? text : $"{text.AsSpan(0, 64)}...";

    private static void CheckEvents(string text)
    {
        var parser = new Parser(new StringReader(text));
        var depth = 0;
        while (parser.MoveNext())
        {
            var at = parser.Current!;
            depth += at.NestingIncrease;
            var rule = at switch
            {
                AnchorAlias => "aliases are not allowed",
                NodeEvent { Anchor.IsEmpty: false } => "anchors are not allowed",
                NodeEvent { Tag.IsEmpty: false } => "tags are not allowed",
                _ when depth > MaxDepth => $"must not be nested deeper than {MaxDepth} levels",
                _ => null,
            };
            if (rule is not null)
            {
                throw new YamlException(at.Start, at.End, rule);
            }
        }
    }
}
