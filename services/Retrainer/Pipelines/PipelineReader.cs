using ModelOps.ServiceDefaults.Errors;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace ModelOps.Retrainer.Pipelines;

/// <summary>Reads the YAML of a pipeline. A file is taken whole or refused with its first problem.</summary>
internal static class PipelineReader
{
    private const int MaxBytes = 256 << 10;
    private const int MaxDepth = 16;
    private const int MaxFeatures = 1_000;
    private const int MaxSources = 100;

    private const string All = "all";

    private static readonly Dictionary<string, PredictionScope> Scopes = new(StringComparer.Ordinal)
    {
        [All] = PredictionScope.All,
        ["drifted_window"] = PredictionScope.DriftedWindow,
    };

    private static readonly Dictionary<string, ValueType> Types = new(StringComparer.Ordinal)
    {
        ["bool"] = ValueType.Bool,
        ["int64"] = ValueType.Int64,
        ["double"] = ValueType.Double,
        ["string"] = ValueType.String,
    };

    /// <summary>Reads a definition.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="model">Name of the model it is for.</param>
    public static Outcome<PipelineDefinition> Read(string yaml, string model)
    {
        var parsed = Parse(yaml);
        if (!parsed.Succeeded)
        {
            return parsed.Refusal;
        }
        var problem = new YamlProblem();
        var fields = new YamlFields(parsed.Value, "", problem);
        var definition = Definition(fields);
        if (definition.Model != model)
        {
            fields.Refuse("model", $"must be the model it is set for, {model}");
        }
        fields.NothingElse();
        return problem.Refusal is { } refusal ? refusal : definition;
    }

    private static Outcome<YamlMappingNode> Parse(string yaml)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(yaml) > MaxBytes)
        {
            return new Refusal(RefusalKind.TooLarge, $"must have at most {MaxBytes} bytes", "definition");
        }
        try
        {
            if (CheckEvents(yaml) is { } broken)
            {
                return broken;
            }
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            return stream.Documents is [{ RootNode: YamlMappingNode root }] ? root : Refusal.Invalid("definition", "must be one YAML mapping");
        }
        catch (YamlException e)
        {
            // Some messages begin with a place in a form of their own.
            var message = (e.InnerException ?? e).Message.Split("): ")[^1];
            return Refusal.Invalid("definition", $"must be valid YAML: {message} (line {e.Start.Line})");
        }
    }

    // Nodes are read, compared and hashed by recursion, and the stack ends a process without asking; an alias may hold itself.
    private static Refusal? CheckEvents(string yaml)
    {
        if (yaml.Contains('\0', StringComparison.Ordinal))
        {
            return Refusal.Invalid("definition", "must not contain U+0000");
        }
        var parser = new Parser(new StringReader(yaml));
        var depth = 0;
        while (parser.MoveNext())
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > MaxDepth)
            {
                return Refusal.Invalid("definition", $"must not nest deeper than {MaxDepth}");
            }
            if (parser.Current is AnchorAlias or NodeEvent { Anchor.IsEmpty: false } or NodeEvent { Tag.IsEmpty: false })
            {
                return Refusal.Invalid("definition", $"must not have anchors, aliases or tags (line {parser.Current.Start.Line})");
            }
        }
        return null;
    }

    private static PipelineDefinition Definition(YamlFields fields)
    {
        var (views, predictions) = Sources(fields);
        var parameters = fields.Fields("parameters");
        var definition = new PipelineDefinition
        {
            Model = fields.Text("model"),
            FeatureService = fields.Text("feature_service"),
            RequestFeatures = Features(fields),
            Label = fields.Text("label"),
            Views = views,
            Predictions = predictions,
            HoldoutTenths = Tenths(fields),
            Algorithm = fields.OneOf("algorithm", Algorithms.All, Algorithms.GradientBoostedTrees),
            LogisticRegression = Logistic(parameters.Fields(Algorithms.LogisticRegression)),
            GradientBoostedTrees = Boosting(parameters.Fields(Algorithms.GradientBoostedTrees)),
            NotWorseThanChampion = Gate(fields.Fields("evaluation")),
            On = Triggers(fields.Fields("on")),
        };
        parameters.NothingElse();
        return definition;
    }

    private static List<RequestFeature> Features(YamlFields fields)
    {
        var types = fields.Fields("request_features");
        var features = types.Names.Select(name => new RequestFeature(name, Types[types.OneOf(name, [.. Types.Keys], "double")])).ToList();
        if (features.Count > MaxFeatures)
        {
            fields.Refuse("request_features", $"may have at most {MaxFeatures} entries");
        }
        if (features.Exists(feature => feature.Name == fields.Text("label")))
        {
            fields.Refuse("label", "must not be a feature as well");
        }
        return features;
    }

    private static (List<ViewSource> Views, PredictionScope Predictions) Sources(YamlFields fields)
    {
        var (views, predictions) = (new List<ViewSource>(), PredictionScope.None);
        var sources = fields.List("sources");
        foreach (var source in sources)
        {
            if (source.Has("view") == source.Has("predictions"))
            {
                source.Refuse("view", "or predictions must be there, one of them");
            }
            else if (source.Has("view"))
            {
                var where = source.Fields("where");
                views.Add(new(source.Text("view"), where.Names.ToDictionary(name => name, where.Text, StringComparer.Ordinal)));
            }
            else if (predictions != PredictionScope.None)
            {
                source.Refuse("predictions", "must be there once");
            }
            else
            {
                predictions = Scopes[source.OneOf("predictions", [.. Scopes.Keys], All)];
            }
            source.NothingElse();
        }
        if (sources.Count > MaxSources || views.DistinctBy(source => source.View, StringComparer.Ordinal).Count() < views.Count)
        {
            fields.Refuse("sources", $"must name each view once, and at most {MaxSources} sources");
        }
        return (views, predictions);
    }

    private static int Tenths(YamlFields fields)
    {
        var tenths = fields.Number("holdout", 0.3, 0.1, 0.5) * 10;
        if (Math.Abs(tenths - Math.Round(tenths)) > 1e-9)
        {
            fields.Refuse("holdout", "must be 0.1, 0.2, 0.3, 0.4 or 0.5");
        }
        return (int)Math.Round(tenths);
    }

    private static LogisticParameters Logistic(YamlFields fields)
    {
        var parameters = new LogisticParameters(fields.Number("c", 1, 1e-6, 1e6), fields.Whole("max_iter", 100, 1, 10_000));
        fields.NothingElse();
        return parameters;
    }

    private static BoostingParameters Boosting(YamlFields fields)
    {
        var parameters = new BoostingParameters(
            fields.Number("learning_rate", 0.05, 1e-4, 1),
            fields.Whole("max_iter", 150, 1, 5_000),
            fields.Whole("max_depth", 3, 1, 16),
            fields.Whole("min_samples_leaf", 50, 1, 1_000_000),
            fields.Number("l2_regularization", 1, 0, 1e6),
            fields.Number("subsample", 0.5, 0.01, 1),
            fields.Whole("seed", 0, 0, int.MaxValue));
        fields.NothingElse();
        return parameters;
    }

    private static bool Gate(YamlFields fields)
    {
        var gate = fields.Flag("not_worse_than_champion", true);
        fields.NothingElse();
        return gate;
    }

    private static TriggerRules Triggers(YamlFields fields)
    {
        const double ADay = 86_400;
        var labels = fields.Fields("wait_for_labels");
        var rules = new TriggerRules(
            fields.Flag("drift", false),
            TimeSpan.FromSeconds(fields.Number("cooldown_seconds", 0, 0, 365 * ADay)),
            labels.Number("fraction", 0.95, 0, 1),
            TimeSpan.FromSeconds(labels.Number("within_seconds", 3_600, 0, 30 * ADay)));
        labels.NothingElse();
        fields.NothingElse();
        return rules;
    }
}
