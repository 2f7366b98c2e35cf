using System.Text;
using System.Text.Json;

namespace ModelOps.Serving.Tests;

public sealed class RoundTripTests
{
    private const string Everything =
        """
        {"batching":{"enabled":true,"max_batch_size":32,"max_queue_delay_microseconds":500,"preferred_batch_sizes":[8,16],"max_queue_size":100,"queue_timeout_microseconds":250000,"timeout_action":"delay","allow_timeout_override":false,"priority_levels":3,"default_priority_level":2},
        "instances":{"count":2,"sessions":"per_instance"},
        "execution":{"providers":["cuda","cpu"],"intra_op_threads":4,"inter_op_threads":2,"memory_arena":false,"shrink_arena":true,"device_memory_bytes":1073741824,"cuda_graphs":true,"fp16":true,"cache_optimized_model":true},
        "warm_up":{"batch_sizes":[1,32],"shapes":{"ids":[128],"mask":[128]}},
        "response_cache":{"enabled":true},
        "prediction_log":{"sample_rate":0.25,"redacted_features":["amount","ürün"],"redacted_entities":["card"]},
        "missing_features":{"policy":"default","defaults":{"amount":1.5,"channel":"online","vip":false,"visits":3}},
        "graph":{"steps":[{"name":"scaled","inputs":{"input":"amount"},"outputs":{"output":"amount_scaled"},"scale":{"mean":[1.5,2],"std":[0.5,1]}},{"name":"ranged","inputs":{"input":"age"},"outputs":{"output":"age_ranged"},"scale":{"min":[0],"max":[100]}},{"name":"coded","inputs":{"input":"channel"},"outputs":{"output":"channel_coded"},"encode":{"kind":"ordinal","texts":["online","shop"],"unknown":"reject"}},{"name":"weekday","inputs":{"input":"day"},"outputs":{"output":"day_coded"},"encode":{"integers":[1,2]}},{"name":"other","inputs":{"x":"age_ranged"},"outputs":{"y":"risk"},"model":{"name":"age","version":3}},{"name":"own","inputs":{"a":"amount_scaled","b":"channel_coded","c":"day_coded","d":"risk"},"outputs":{"probabilities":"probabilities"}},{"name":"cut","inputs":{"input":"probabilities"},"outputs":{"output":"index"},"threshold":{"cut":0.3,"column":1}},{"name":"text","inputs":{"input":"index"},"outputs":{"output":"label"},"label_map":{"labels":["good","fraud"],"other":"?"}}],"outputs":["label","probabilities"]}}
        """;

    [Fact]
    public void Nothing_said_is_the_default()
    {
        Assert.Equal("{}", Write(Read("")));
        Assert.Equal("{}", Write(Read("{}")));
        Assert.Equal("{}", Write(Read("""{"batching":{},"instances":{"count":null},"execution":{"providers":null},"missing_features":{"defaults":{}}}""")));
        Assert.Equal("{}", Write(ServingConfiguration.Default));
    }

    [Fact]
    public void What_is_left_out_keeps_its_default()
    {
        var read = Read("""{"batching":{"priority_levels":2},"prediction_log":{"redacted_features":["a"]}}""");

        Assert.Equal((64, 0, true, 2), (read.Batching.MaxBatchSize, read.Batching.MaxQueueDelayMicroseconds, read.Batching.AllowTimeoutOverride, read.Batching.PriorityLevels));
        Assert.Equal((1.0, true, 1), (read.PredictionLog.SampleRate, read.Execution.MemoryArena, read.Execution.InterOpThreads));
        Assert.Empty(read.Batching.PreferredBatchSizes);
        Assert.Empty(read.MissingFeatures.Defaults);
        Assert.Null(read.Execution.Providers);
    }

    [Fact]
    public void Every_member_is_read_and_written_in_its_canonical_form()
    {
        var read = Read(Everything);

        Assert.Equal(Everything.ReplaceLineEndings(""), Write(read));
        Assert.Equal(Write(read), Write(Read(Write(read))));
        Assert.Equal((32, 500, QueueTimeoutAction.Delay, false), (read.Batching.MaxBatchSize, read.Batching.MaxQueueDelayMicroseconds, read.Batching.TimeoutAction, read.Batching.AllowTimeoutOverride));
        Assert.Equal((2, SessionSharing.PerInstance), (read.Instances.Count, read.Instances.Sessions));
        Assert.Equal(["cuda", "cpu"], read.Execution.Providers);
        Assert.Equal([128L], read.WarmUp.Shapes["ids"]);
        Assert.Equal((0.25, "card"), (read.PredictionLog.SampleRate, read.PredictionLog.RedactedEntities[0]));
        Assert.Equal((MissingFeaturePolicy.Default, "online"), (read.MissingFeatures.Policy, read.MissingFeatures.Defaults["channel"].GetString()));
    }

    [Fact]
    public void Order_and_way_of_writing_change_no_byte() => Assert.Equal(
        """{"instances":{"count":2},"missing_features":{"policy":"default","defaults":{"a":1.5,"b":100}}}""",
        Write(Read("""{ "missing_features": { "defaults": { "b": 100, "\u0061": 15e-1 }, "policy": "default" }, "instances": { "count": 2 }, "batching": { "max_batch_size": 64 } }""")));

    [Fact]
    public void Every_member_of_the_shape_is_one_of_the_document()
    {
        using var document = JsonDocument.Parse(Everything);

        foreach (var section in typeof(ServingConfiguration).GetProperties().Where(property => property.GetMethod!.IsStatic is false))
        {
            var written = document.RootElement.GetProperty(JsonNamingPolicy.SnakeCaseLower.ConvertName(section.Name)).EnumerateObject().Select(member => member.Name);
            var shape = section.PropertyType.GetProperties().Select(member => JsonNamingPolicy.SnakeCaseLower.ConvertName(member.Name));
            Assert.Equal(shape.Order(StringComparer.Ordinal), written.Order(StringComparer.Ordinal));
        }
    }

    private static ServingConfiguration Read(string json)
    {
        Assert.Null(ServingConfigurationReader.Read(Encoding.UTF8.GetBytes(json), out var configuration));
        return configuration;
    }

    private static string Write(ServingConfiguration configuration) => Encoding.UTF8.GetString(ServingConfigurationWriter.Write(configuration));
}
