using ModelOps.FeatureStore.Values;
using ModelOps.ServiceDefaults.Errors;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;
using static ModelOps.FeatureStore.Definitions.DefinitionYaml;

namespace ModelOps.FeatureStore.Definitions;

/// <summary>Reads a definitions file.</summary>
internal static class DefinitionReader
{
    private const int MaxBytes = 1 << 20;
    private const int MaxEntries = 1_000;
    private const int MaxFeatures = 256;

    /// <summary>Reads a file, or says at which line it breaks which rule.</summary>
    public static Outcome<DefinitionFile> Read(string text)
    {
        if (FeatureValue.Utf8Length(text) is not <= MaxBytes)
        {
            return Refusal.Invalid("definitions", "must be at most 1 MiB of UTF-8");
        }
        try
        {
            var root = Load(text);
            Mapping(root, "entities", "views", "services");
            return new DefinitionFile(
                Unique(List(root, "entities", MaxEntries), ReadEntity, entity => entity.Name),
                Unique(List(root, "views", MaxEntries), ReadView, view => view.Name),
                Unique(List(root, "services", MaxEntries), ReadService, service => service.Name));
        }
        catch (YamlException e)
        {
            return Refusal.Invalid("definitions", e.Start.Line > 0 ? $"line {e.Start.Line}: {OneLine(e.Message)}" : OneLine(e.Message));
        }
    }

    private static Entity ReadEntity(YamlNode node)
    {
        var entity = Mapping(node, "name", "join_key", "type");
        var type = ReadType(Required(entity, "type"));
        return type is FeatureType.Int64 or FeatureType.String
            ? new(Name(Required(entity, "name")), Name(Required(entity, "join_key")), type)
            : throw Broken(Required(entity, "type"), "a join key must be int64 or string");
    }

    private static ViewDefinition ReadView(YamlNode node)
    {
        var view = Mapping(node, "name", "entity", "ttl", "online", "source", "schema");
        var source = Mapping(Required(view, "source"), "type", "event_time");
        if (Text(Required(source, "type")) != "csv")
        {
            throw Broken(Required(source, "type"), "type of a source must be csv");
        }
        var schema = Unique(List(view, "schema", MaxFeatures), ReadField, field => field.Name);
        return schema.Count > 0
            ? new(
                (int)node.Start.Line, Name(Required(view, "name")), Name(Required(view, "entity")),
                Optional(view, "ttl") is { } ttl ? Seconds(ttl) : 0,
                Optional(view, "online") is { } online && Truth(online),
                Name(Required(source, "event_time")), schema)
            : throw Broken(node, "schema must name at least one feature");
    }

    private static Field ReadField(YamlNode node)
    {
        var field = Mapping(node, "name", "type");
        return new(Name(Required(field, "name")), ReadType(Required(field, "type")));
    }

    private static ServiceDefinition ReadService(YamlNode node)
    {
        var service = Mapping(node, "name", "features");
        var features = Unique(List(service, "features", MaxEntries), ReadTerm, term => $"{term.View}:{term.Feature}");
        return features.Count > 0
            ? new((int)node.Start.Line, Name(Required(service, "name")), features)
            : throw Broken(node, "features must name at least one feature or view");
    }

    private static FeatureTerm ReadTerm(YamlNode node)
    {
        var parts = Text(node).Split(':', 3);
        return parts.Length <= 2 && parts.All(DefinitionNames.IsName)
            ? new((int)node.Start.Line, parts[0], parts.Length == 2 ? parts[1] : null)
            : throw Broken(node, "a feature must be written as the name of a view, or as view:feature");
    }

    private static FeatureType ReadType(YamlNode node) => FeatureNames.Types.TryGetValue(Text(node), out var type)
        ? type
        : throw Broken(node, $"type must be one of {string.Join(", ", FeatureNames.Types.Keys)}");

    private static List<T> Unique<T>(IReadOnlyList<YamlNode> nodes, Func<YamlNode, T> read, Func<T, string> name)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return [.. nodes.Select(node => read(node) is var item && seen.Add(name(item)) ? item : throw Broken(node, $"{name(item).TrimEnd(':')} stands there twice"))];
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").Trim();
}
