using System.Text;

namespace ModelOps.Serving.Tests;

public sealed class RuleTests
{
    [Theory]
    [InlineData("batching.max_batch_size", "a whole number from 1 to 65536", """{"batching":{"max_batch_size":@}}""", "1 65536", "0 65537 -1 1.5 \"8\" null true")]
    [InlineData("batching.enabled", "true or false", """{"batching":{"enabled":@}}""", "true false null", "1 \"true\"")]
    [InlineData("batching.max_queue_delay_microseconds", "from 0 to 10000000", """{"batching":{"max_queue_delay_microseconds":@}}""", "0 10000000", "-1 10000001 null")]
    [InlineData("batching.max_queue_size", "from 1 to 1000000", """{"batching":{"max_queue_size":@}}""", "1 1000000 null", "0 1000001")]
    [InlineData("batching.queue_timeout_microseconds", "from 0 to 86400000000", """{"batching":{"queue_timeout_microseconds":@}}""", "0 86400000000", "-1 86400000001 null")]
    [InlineData("batching.timeout_action", "one of reject, delay", """{"batching":{"timeout_action":@}}""", "\"reject\" \"delay\"", "\"Reject\" 0 null \"\"")]
    [InlineData("batching.priority_levels", "from 1 to 16", """{"batching":{"priority_levels":@}}""", "1 16", "0 17")]
    [InlineData("batching.default_priority_level", "from 0 to 3", """{"batching":{"default_priority_level":@,"priority_levels":3}}""", "0 3", "-1 4")]
    [InlineData("batching.preferred_batch_sizes", "ascending", """{"batching":{"preferred_batch_sizes":@,"max_batch_size":8}}""", "[] [1] [2,4,8]", "[4,2] [4,4]")]
    [InlineData("batching.preferred_batch_sizes[1]", "from 1 to 8", """{"batching":{"preferred_batch_sizes":[1,@],"max_batch_size":8}}""", "8", "9 0 null")]
    [InlineData("batching.preferred_batch_sizes", "a list of at most 64", """{"batching":{"preferred_batch_sizes":@}}""", "[64]", "64 null {}")]
    [InlineData("instances.count", "from 1 to 256", """{"instances":{"count":@}}""", "1 256 null", "0 257")]
    [InlineData("instances.sessions", "one of auto, shared, per_instance", """{"instances":{"sessions":@}}""", "\"per_instance\"", "\"perInstance\" 2")]
    [InlineData("execution.providers", "one or more of tensorrt, cuda and cpu, each once", """{"execution":{"providers":@}}""", "[\"tensorrt\",\"cuda\",\"cpu\"] [\"cpu\"] null", "[] [\"gpu\"] [\"cpu\",\"cpu\"]")]
    [InlineData("execution.providers[0]", "a text", """{"execution":{"providers":@}}""", "[\"cpu\"]", "[1] [null]")]
    [InlineData("execution.intra_op_threads", "from 1 to 1024", """{"execution":{"intra_op_threads":@}}""", "1 1024 null", "0 1025")]
    [InlineData("execution.inter_op_threads", "from 1 to 1024", """{"execution":{"inter_op_threads":@}}""", "1 1024", "0 1025 null")]
    [InlineData("execution.device_memory_bytes", "from 1 to", """{"execution":{"device_memory_bytes":@}}""", "1 9223372036854775807 null", "0 9223372036854775808")]
    [InlineData("execution.cuda_graphs", "needs cuda", """{"execution":{"cuda_graphs":true,"providers":@}}""", "[\"cuda\"] null", "[\"cpu\"]")]
    [InlineData("warm_up.batch_sizes[0]", "from 1 to 65536", """{"warm_up":{"batch_sizes":[@]}}""", "1 65536", "0 65537")]
    [InlineData("warm_up.shapes.x[0]", "from 1 to 1048576", """{"warm_up":{"shapes":{"x":[@]}}}""", "1 1048576", "0 1048577 -1")]
    [InlineData("warm_up.shapes.x", "at most 8", """{"warm_up":{"shapes":{"x":@}}}""", "[] [1,1,1,1,1,1,1,1]", "[1,1,1,1,1,1,1,1,1] 1")]
    [InlineData("response_cache.enabled", "true or false", """{"response_cache":{"enabled":@}}""", "true", "null 1")]
    [InlineData("prediction_log.sample_rate", "a number from 0 to 1", """{"prediction_log":{"sample_rate":@}}""", "0 1 0.5 1e-3", "-0.1 1.01 1e999 \"1\" null")]
    [InlineData("prediction_log.redacted_features", "each name once", """{"prediction_log":{"redacted_features":@}}""", "[] [\"a\",\"A\"]", "[\"a\",\"a\"]")]
    [InlineData("prediction_log.redacted_features[0]", "a name of 1 to 128", """{"prediction_log":{"redacted_features":@}}""", "[\"a\"]", "[\"\"] [\"\\u0000\"]")]
    [InlineData("prediction_log.redacted_entities", "a list of at most 256", """{"prediction_log":{"redacted_entities":@}}""", "[\"card\"]", "\"card\" null")]
    [InlineData("missing_features.policy", "one of reject, default", """{"missing_features":{"policy":@}}""", "\"default\"", "\"ignore\" null")]
    [InlineData("missing_features.defaults.x", "must be", """{"missing_features":{"policy":"default","defaults":{"x":@}}}""", "1 -1.5 true \"\" \"online\"", "null [] {} 1e999 \"\\u0000\"")]
    [InlineData("missing_features.defaults", "with the policy 'default' only", """{"missing_features":{"policy":@,"defaults":{"x":1}}}""", "\"default\"", "\"reject\"")]
    public void A_value_keeps_its_rule_or_is_refused_by_its_path(string field, string rule, string template, string good, string bad)
    {
        Assert.All(good.Split(' '), value => Assert.Null(Read(template.Replace("@", value, StringComparison.Ordinal))));
        Assert.All(bad.Split(' '), value =>
        {
            var problem = Read(template.Replace("@", value, StringComparison.Ordinal));
            Assert.Equal(field, problem?.Field);
            Assert.Contains(rule, problem!.Rule, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("batchin", """{"batchin":{}}""")]
    [InlineData("batching.maxBatchSize", """{"batching":{"maxBatchSize":1}}""")]
    [InlineData("instances.x", """{"instances":{"x":1}}""")]
    [InlineData("execution.x", """{"execution":{"x":1}}""")]
    [InlineData("warm_up.x", """{"warm_up":{"x":1}}""")]
    [InlineData("response_cache.x", """{"response_cache":{"x":1}}""")]
    [InlineData("prediction_log.x", """{"prediction_log":{"x":1}}""")]
    [InlineData("missing_features.x", """{"missing_features":{"x":1}}""")]
    public void A_member_that_is_not_known_is_refused(string field, string json) => Assert.Equal(new(field, "is not known"), Read(json));

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("{\"batching\":{},\"batching\":{}}")]
    [InlineData("{\"batching\":{},\"b\\u0061tching\":{}}")]
    [InlineData("{\"warm_up\":{\"shapes\":{\"x\":[[[[[[1]]]]]]}}}")]
    [InlineData("{\"missing_features\":{\"defaults\":{\"x\":\"\\ud83d\"}}}")]
    [InlineData("{\"\\ud83d\":1}")]
    public void What_is_not_one_object_of_valid_text_is_refused_as_a_whole(string json)
    {
        var problem = Read(json);

        Assert.Equal("", problem?.Field);
        Assert.NotEmpty(problem!.Rule);
    }

    [Fact]
    public void Bytes_that_are_no_UTF_8_are_refused() =>
        Assert.Equal(new("", "must be valid Unicode"), ServingConfigurationReader.Read(new byte[] { (byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}' }, out _));

    [Theory]
    [InlineData(64 << 10, true)]
    [InlineData((64 << 10) + 1, false)]
    public void A_document_has_at_most_64_KiB(int bytes, bool accepted)
    {
        var problem = Read("{}".PadRight(bytes));

        Assert.Equal(accepted, problem is null);
        Assert.True(accepted || problem!.Field.Length == 0);
    }

    [Theory]
    [InlineData("prediction_log.redacted_features", "prediction_log", "redacted_features")]
    [InlineData("prediction_log.redacted_entities", "prediction_log", "redacted_entities")]
    public void A_list_of_names_has_at_most_256(string field, string section, string member)
    {
        string Of(int count) => $$$"""{"{{{section}}}":{"{{{member}}}":[{{{string.Join(',', Enumerable.Range(0, count).Select(i => $"\"f{i}\""))}}}]}}""";

        Assert.Null(Read(Of(256)));
        Assert.Equal(field, Read(Of(257))?.Field);
    }

    [Theory]
    [InlineData("warm_up.shapes", """{"warm_up":{"shapes":{@}}}""", "[1]")]
    [InlineData("missing_features.defaults", """{"missing_features":{"policy":"default","defaults":{@}}}""", "1")]
    public void A_map_has_at_most_256_entries_of_names_up_to_128_characters(string field, string template, string value)
    {
        string Of(IEnumerable<string> names) => template.Replace("@", string.Join(',', names.Select(name => $"\"{name}\":{value}")), StringComparison.Ordinal);

        Assert.Null(Read(Of(Enumerable.Range(0, 256).Select(i => $"f{i}"))));
        Assert.Equal(field, Read(Of(Enumerable.Range(0, 257).Select(i => $"f{i}")))?.Field);
        Assert.Null(Read(Of([new string('a', 128)])));
        Assert.StartsWith($"{field}.aaa", Read(Of([new string('a', 129)]))?.Field, StringComparison.Ordinal);
        Assert.Equal($"{field}.", Read(Of([""]))?.Field);
    }

    [Theory]
    [InlineData(4_096, true)]
    [InlineData(4_097, false)]
    public void A_default_text_has_at_most_4096_bytes(int bytes, bool accepted) => Assert.Equal(
        accepted, Read("""{"missing_features":{"policy":"default","defaults":{"x":"@"}}}""".Replace("@", new string('a', bytes), StringComparison.Ordinal)) is null);

    private static ServingProblem? Read(string json) => ServingConfigurationReader.Read(Encoding.UTF8.GetBytes(json), out _);
}
