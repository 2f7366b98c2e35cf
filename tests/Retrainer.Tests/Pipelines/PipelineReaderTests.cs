using ModelOps.Retrainer.Pipelines;
using ModelOps.Retrainer.Tests.Support;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Retrainer.Tests.Pipelines;

public sealed class PipelineReaderTests
{
    [Fact]
    public void The_samples_pipeline_is_read()
    {
        var pipeline = PipelineReader.Read(FraudRows.PipelineYaml, "fraud").Value!;

        Assert.Equal(["amount", "merchant_category", "hour_of_day", "is_foreign", "card_present"], pipeline.RequestFeatures.Select(feature => feature.Name));
        Assert.Equal(("transactions", "fraud"), (pipeline.Views.Single().View, pipeline.Views.Single().Where["batch"]));
        Assert.Equal((PredictionScope.DriftedWindow, 3, true), (pipeline.Predictions, pipeline.HoldoutTenths, pipeline.On.Drift));
    }

    [Theory]
    [InlineData("model: fraud\n", "model: other\n", "model", "must be the model it is set for, fraud (line 2)")]
    [InlineData("feature_service: fraud", "", "feature_service", "must be present (line 2)")]
    [InlineData("label: label", "label: amount", "label", "must not be a feature as well (line 16)")]
    [InlineData("amount: double", "amount: float", "request_features.amount", "must be one of bool, int64, double, string (line 9)")]
    [InlineData("- view: transactions", "- veiw: transactions", "sources[0].view", "or predictions must be there, one of them (line 21)")]
    [InlineData("predictions: drifted_window", "predictions: some", "sources[1].predictions", "must be one of all, drifted_window (line 24)")]
    [InlineData("predictions: drifted_window", "view: transactions", "sources", "must name each view once, and at most 100 sources (line 21)")]
    [InlineData("holdout: 0.3", "holdout: 0.25", "holdout", "must be 0.1, 0.2, 0.3, 0.4 or 0.5 (line 27)")]
    [InlineData("holdout: 0.3", "holdout: NaN", "holdout", "must be a number from 0.1 to 0.5 (line 27)")]
    [InlineData("algorithm: gradient", "algorithm: random", "algorithm", "must be one of logistic_regression, gradient_boosted_trees (line 30)")]
    [InlineData("    learning_rate: 0.05", "    learning_rat: 0.05", "parameters.gradient_boosted_trees.learning_rat", "is not a known field (line 36)")]
    [InlineData("max_depth: 3", "max_depth: 3.5", "parameters.gradient_boosted_trees.max_depth", "must be a whole number from 1 to 16 (line 38)")]
    [InlineData("  drift: true", "  drift: maybe", "on.drift", "must be true or false (line 49)")]
    [InlineData("    fraction: 1", "    fraction: 1.5", "on.wait_for_labels.fraction", "must be a number from 0 to 1 (line 53)")]
    [InlineData("\non:", "\nonn:", "onn", "is not a known field (line 48)")]
    public void A_mistake_is_named_with_its_field_its_rule_and_its_line(string text, string mistake, string field, string rule)
    {
        Assert.Contains(text, FraudRows.PipelineYaml, StringComparison.Ordinal);

        var refusal = PipelineReader.Read(FraudRows.PipelineYaml.Replace(text, mistake, StringComparison.Ordinal), "fraud").Refusal!;

        Assert.Equal((RefusalKind.Invalid, field, rule), (refusal.Kind, refusal.Field, refusal.Message));
    }

    [Theory]
    [InlineData("model: [", "must be valid YAML")]
    [InlineData("model: a\nmodel: b", "line 2")]
    [InlineData("- a\n- b", "must be one YAML mapping")]
    [InlineData("", "must be one YAML mapping")]
    [InlineData("a: 1\n---\nb: 2", "must be one YAML mapping")]
    [InlineData("? &a [*a]\n: 1", "anchors, aliases or tags (line 1)")]
    [InlineData("model: fraud\nlabel: !x fraud", "anchors, aliases or tags (line 2)")]
    [InlineData("model: fraud\0", "U+0000")]
    [InlineData("model: fraud\nfeature_service: f\nlabel: l\nsources: [{ view: v, where: { [a]: 1, [b]: 2 } }]", "sources[0].where: must have texts as keys (line 4)")]
    [InlineData("model: fraud\nfeature_service: f\nlabel: l\nrequest_features: { [a]: double }\nsources: [{ view: v }]", "request_features: must have texts as keys (line 4)")]
    public void What_is_no_YAML_mapping_is_refused(string text, string reason) =>
        Assert.Contains(reason, PipelineReader.Read(text, "fraud").Refusal!.Detail, StringComparison.Ordinal);

    [Fact]
    public void A_text_that_nests_without_end_is_refused_before_it_is_read() =>
        Assert.Contains("nest", PipelineReader.Read(new string('[', 100_000), "fraud").Refusal!.Detail, StringComparison.Ordinal);
}
