using ModelOps.Registry.Models;
using ModelOps.Registry.Versions;

namespace ModelOps.Registry.Tests.Versions;

public sealed class VersionRulesTests
{
    [Theory]
    [InlineData("fraud")]
    [InlineData("0")]
    [InlineData("a.b_c-d")]
    public void A_name_of_the_allowed_characters_is_one(string name) => Assert.Null(ModelRules.Check(ModelKey.Of("", name)));

    [Theory]
    [InlineData("")]
    [InlineData("Fraud")]
    [InlineData("-a")]
    [InlineData(".a")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a b")]
    [InlineData("a\n")]
    [InlineData("fräud")]
    [InlineData("frаud")] // the third letter is Cyrillic
    public void Another_name_is_refused(string name) => Assert.Equal("model", ModelRules.Check(ModelKey.Of("", name))!.Field);

    [Theory]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public void A_name_has_at_most_128_characters(int length, bool accepted) =>
        Assert.Equal(accepted, ModelRules.Check(ModelKey.Of("", new string('a', length))) is null);

    [Fact]
    public void A_workspace_follows_the_same_rule() => Assert.Equal("workspace", ModelRules.Check(ModelKey.Of("a/b", "m"))!.Field);

    [Theory]
    [InlineData("algorithm", 128)]
    [InlineData("author", 128)]
    [InlineData("description", 4_096)]
    [InlineData("training_data", 256)]
    public void Text_may_be_as_long_as_the_limit_and_no_longer(string field, int limit)
    {
        // A character outside the basic plane counts once, though it takes two units.
        var longest = string.Concat(Enumerable.Repeat("\U0001F600", limit));

        Assert.Null(VersionRules.Check(Command(field, longest)));
        Assert.Equal((field, $"may have at most {limit} characters, it has {limit + 1}"), Refused(Command(field, longest + "x")));
    }

    [Theory]
    [InlineData("a\0b", "U+0000")]
    [InlineData("a\nb", "U+000A")]
    [InlineData("a\u001bb", "U+001B")]
    [InlineData("a\u202eb", "U+202E")]
    [InlineData("a\u2066b", "U+2066")]
    public void Control_characters_are_refused(string text, string named)
    {
        var (field, rule) = Refused(Command("author", text));

        Assert.Equal("author", field);
        Assert.EndsWith(named, rule, StringComparison.Ordinal);
    }

    [Fact]
    public void A_description_may_have_lines() => Assert.Null(VersionRules.Check(Command("description", "one\r\n\ttwo")));

    [Fact]
    public void Half_of_a_surrogate_pair_is_refused() => Assert.Equal("author", Refused(Command("author", "a\ud83d")).Field);

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void A_metric_must_be_finite(double value) =>
        Assert.Equal("metrics.auc", Refused(Command(metrics: new() { ["auc"] = value })).Field);

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void At_most_100_metrics_are_taken(int count, bool accepted) =>
        Assert.Equal(accepted, VersionRules.Check(Command(metrics: Enumerable.Range(0, count).ToDictionary(i => $"m{i}", i => (double)i))) is null);

    [Theory]
    [InlineData(50, true)]
    [InlineData(51, false)]
    public void At_most_50_tags_are_taken(int count, bool accepted) =>
        Assert.Equal(accepted, VersionRules.Check(Command(tags: Enumerable.Range(0, count).ToDictionary(i => $"t{i}", _ => ""))) is null);

    [Theory]
    [InlineData(128, 1_024, true)]
    [InlineData(129, 1, false)]
    [InlineData(1, 1_025, false)]
    [InlineData(0, 1, false)]
    public void Keys_and_values_of_tags_have_limits(int key, int value, bool accepted) => Assert.Equal(
        accepted, VersionRules.Check(Command(tags: new() { [new string('k', key)] = new string('v', value) })) is null);

    [Theory]
    [InlineData("abc")]
    [InlineData("A004F8B7F45E39CD6E715A04C9FDFD668005C40A2E35B1ED3A60BAC57106DB09")]
    public void A_digest_is_64_lower_case_hexadecimal_digits(string sha256) =>
        Assert.Equal("sha256", VersionRules.Check(Command() with { ExpectedSha256 = sha256 })!.Field);

    [Theory]
    [InlineData(null, "unknown")]
    [InlineData("alice", "alice")]
    public void The_caller_is_the_author_unless_said(string? actor, string author) => Assert.Equal(author, VersionRules.AuthorOf(actor));

    [Fact]
    public void A_caller_with_a_long_name_fits_without_half_a_character()
    {
        var author = VersionRules.AuthorOf(new string('a', 127) + "\U0001F600");

        Assert.Equal(new string('a', 127), author);
    }

    private static (string? Field, string Rule) Refused(RegisterVersion command) =>
        VersionRules.Check(command) is { } refusal ? (refusal.Field, refusal.Message) : throw new InvalidOperationException("accepted");

    private static RegisterVersion Command(string field, string text) => Command() is var command
        ? command with
        {
            Metadata = field switch
            {
                "algorithm" => command.Metadata with { Algorithm = text },
                "author" => command.Metadata with { Author = text },
                "description" => command.Metadata with { Description = text },
                _ => command.Metadata with { TrainingData = text },
            },
        }
        : throw new InvalidOperationException();

    private static RegisterVersion Command(Dictionary<string, double>? metrics = null, Dictionary<string, string>? tags = null) =>
        new(ModelKey.Of("", "m"), "", new("", "", "", "", metrics ?? [], tags ?? []));
}
