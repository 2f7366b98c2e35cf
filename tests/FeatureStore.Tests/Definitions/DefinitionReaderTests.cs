using ModelOps.FeatureStore.Definitions;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.FeatureStore.Tests.Definitions;

public sealed class DefinitionReaderTests
{
    private const string Entity = "entities:\n  - { name: user, join_key: user_id, type: int64 }\n";
    private const string View = "views:\n  - name: v\n    entity: user\n    source: { type: csv, event_time: t }\n    schema: [{ name: a, type: double }]\n";

    [Theory]
    [InlineData("line 2: 'ttll' is not a known key; known are name, entity, ttl", "views:\n  - { name: v, entity: e, ttll: 1d }")]
    [InlineData("line 1: 'feature_views' is not a known key", "feature_views: []")]
    [InlineData("line 2: a join key must be int64 or string", "entities:\n  - { name: user, join_key: user_id, type: double }")]
    [InlineData("line 2: type must be one of bool, int64, double, string", "entities:\n  - { name: user, join_key: user_id, type: int32 }")]
    [InlineData("line 2: 'User' must be 1 to 128 characters", "entities:\n  - { name: User, join_key: user_id, type: int64 }")]
    [InlineData("line 2: join_key must be present", "entities:\n  - { name: user, type: int64 }")]
    [InlineData("line 3: user stands there twice", Entity + "  - { name: user, join_key: user_id, type: int64 }")]
    [InlineData("line 1: entities must be a list", "entities: { name: user }")]
    [InlineData("line 1: must be a mapping", "- 1")]
    [InlineData("line 1: anchors are not allowed", "entities: &a []\nviews: *a")]
    [InlineData("line 1: aliases are not allowed", "entities: *a")]
    [InlineData("line 1: tags are not allowed", "entities: !!python/object x")]
    [InlineData("line 1: must not be nested deeper than 8 levels", "entities: [[[[[[[[[[]]]]]]]]]]")]
    [InlineData("line 2", "entities: []\nentities: []")]
    [InlineData("line 2", "entities: []\n  views: [")]
    [InlineData("must hold one document, it holds 2", "entities: []\n---\nviews: []")]
    [InlineData("must hold one document, it holds 0", "")]
    [InlineData("line 2: '1w' must be a whole number with s, m, h or d", "views:\n  - { name: v, entity: e, ttl: 1w, source: { type: csv, event_time: t }, schema: [{ name: a, type: bool }] }")]
    [InlineData("line 2: 'yes' must be true or false", "views:\n  - { name: v, entity: e, online: yes, source: { type: csv, event_time: t }, schema: [{ name: a, type: bool }] }")]
    [InlineData("line 2: type of a source must be csv", "views:\n  - { name: v, entity: e, source: { type: kafka, event_time: t }, schema: [] }")]
    [InlineData("line 2: schema must name at least one feature", "views:\n  - { name: v, entity: e, source: { type: csv, event_time: t }, schema: [] }")]
    [InlineData("line 2: a feature must be written as the name of a view, or as view:feature", "services:\n  - { name: s, features: [\"a:b:c\"] }")]
    public void A_bad_file_is_refused_by_line_and_rule(string rule, string yaml)
    {
        var refusal = DefinitionReader.Read(yaml).Refusal;

        Assert.Equal((RefusalKind.Invalid, "definitions"), (refusal!.Kind, refusal.Field));
        Assert.Contains(rule, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public void A_file_over_1_MiB_and_one_nested_without_end_are_refused()
    {
        Assert.Contains("1 MiB", DefinitionReader.Read(new string('#', (1 << 20) + 1)).Refusal!.Message, StringComparison.Ordinal);
        Assert.Contains("nested", DefinitionReader.Read(new string('[', 100_000)).Refusal!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("view v is about entity user, which is not defined", View)]
    [InlineData("service s reads view w, which is not defined", Entity + View + "services:\n  - { name: s, features: [w] }")]
    [InlineData("service s reads v:b, which is not a feature of the view", Entity + View + "services:\n  - { name: s, features: [\"v:b\"] }")]
    [InlineData("must read each feature once", Entity + View + "services:\n  - { name: s, features: [v, \"v:a\"] }")]
    [InlineData("must have different names", Entity + "views:\n  - { name: v, entity: user, source: { type: csv, event_time: a }, schema: [{ name: a, type: double }] }")]
    [InlineData("must have different names", Entity + "views:\n  - { name: v, entity: user, source: { type: csv, event_time: t }, schema: [{ name: user_id, type: double }] }")]
    [InlineData("which is what the time of a pushed row is called", Entity + "views:\n  - { name: v, entity: user, source: { type: csv, event_time: t }, schema: [{ name: event_time, type: double }] }")]
    public void A_file_that_refers_to_nothing_is_refused(string rule, string yaml)
    {
        var refusal = DefinitionReader.Read(yaml).Then(file => DefinitionPlan.Of("default", DefinitionSet.Empty, file)).Refusal;

        Assert.Equal(RefusalKind.Invalid, refusal!.Kind);
        Assert.Contains(rule, refusal.Message, StringComparison.Ordinal);
    }
}
