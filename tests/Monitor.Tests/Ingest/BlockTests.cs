using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using ModelOps.Contracts.Monitor.V1;
using ModelOps.Monitor.Tests.Support;
using ModelOps.Testing;
using Value = ModelOps.Contracts.Features.V1.Value;

namespace ModelOps.Monitor.Tests.Ingest;

/// <summary>Rows that come by request, as Inference publishes them.</summary>
[Collection(MonitorFixture.Name)]
public sealed class BlockTests(MonitorFixture fixture)
{
    private static readonly Timestamp Time = Timestamp.FromDateTimeOffset(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly MonitorHost _host = fixture.Host;
    private readonly Publisher _publisher = fixture.Publisher;

    [Fact]
    public async Task Rows_of_a_block_are_stored_one_by_one_beside_rows_that_came_as_records()
    {
        var several = Block("blocks-several");
        several.Rows.Add([1u, 3u]);
        several.Values.Add(ByteString.CopyFrom([.. BitConverter.GetBytes(1.5f), .. BitConverter.GetBytes(float.NaN), .. BitConverter.GetBytes(2.5f), .. BitConverter.GetBytes(-3f)]));
        several.Values.Add(ByteString.CopyFrom([2, 0, 0, 0, (byte)'a', (byte)'b', 0, 0, 0, 0]));
        several.Predictions.Add(["0", "1"]);
        several.Scores.Add([0.25, 0.75]);
        var failed = Block("blocks-failed");
        failed.Error = "the model failed";
        failed.Values.Add(ByteString.CopyFrom(new byte[8]));
        failed.Values.Add(ByteString.CopyFrom(new byte[4]));

        await PublishAsync(new PredictionBatch { Layouts = { Layout("blocks") }, Blocks = { several, failed }, Predictions = { Records.Of("blocks", "blocks-record") } });
        await _host.StoredAsync("blocks", 4);
        var stored = (await _host.AllAsync("blocks")).Select(row => row.Prediction).ToDictionary(row => row.PredictionId);

        Assert.Equal(["blocks-failed", "blocks-record", "blocks-several#1", "blocks-several#3"], stored.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(
            [("amount", "1.5"), ("age", "none"), ("channel", "ab")],
            stored["blocks-several#1"].Features.Select(feature => (feature.Name, Flat(feature.Value))).OrderBy(feature => feature.Name == "channel").ThenByDescending(feature => feature.Name));
        Assert.Equal(("1", 0.75, Time, Time), (stored["blocks-several#3"].Prediction, stored["blocks-several#3"].Score, stored["blocks-several#3"].Time, stored["blocks-several#3"].EventTime));
        Assert.Equal(("the model failed", "", false), (stored["blocks-failed"].Error, stored["blocks-failed"].Prediction, stored["blocks-failed"].HasScore));
    }

    [Theory]
    [InlineData("layout", "blocks[0].layout: must be one of 1 layouts, it is 1")]
    [InlineData("count", "blocks[0].values: must be one for each of 2 inputs, there are 1")]
    [InlineData("short", "blocks[0].values[0]: must have 1 rows of 2 elements of FP32, they end before")]
    [InlineData("long", "blocks[0].values[0]: must have 1 rows of 2 elements of FP32, there are 1 bytes more")]
    [InlineData("text", "blocks[0].values[1]: must have 1 rows of 1 elements of BYTES, they end before")]
    [InlineData("datatype", "blocks[0].values[0]: are of datatype 'FP12', which does not exist")]
    [InlineData("predictions", "blocks[0].predictions: must be none or one for each of 1 rows, there are 2")]
    [InlineData("scores", "blocks[0].scores: must be none or one for each of 1 rows, there are 3")]
    [InlineData("rows", "predictions: must be 1 to 4096, there are 4097")]
    public async Task A_block_that_is_not_what_its_layout_says_is_put_aside_with_the_reason(string fault, string reason)
    {
        using var http = _host.CreateHttp();
        var block = Block($"broken-{fault}");
        var layout = Layout("broken");
        block.Values.Add(ByteString.CopyFrom(new byte[fault switch { "short" => 7, "long" => 9, _ => 8 }]));
        if (fault != "count")
        {
            block.Values.Add(ByteString.CopyFrom([fault == "text" ? (byte)1 : (byte)0, 0, 0, 0]));
        }
        block.Layout = fault == "layout" ? 1u : 0u;
        layout.Inputs[0].Datatype = fault == "datatype" ? "FP12" : "FP32";
        block.Predictions.Add(fault == "predictions" ? ["0", "1"] : []);
        block.Scores.Add(fault == "scores" ? [1, 2, 3] : []);
        block.Rows.Add(fault == "rows" ? Enumerable.Range(0, 4_097).Select(row => (uint)row) : []);

        await PublishAsync(new PredictionBatch { Layouts = { layout }, Blocks = { block } });
        await _publisher.PublishAsync(Records.Of("broken", $"after-{fault}"));

        await Poll.UntilAsync("what follows is stored", async _ => (await _host.AllAsync("broken")).Any(row => row.Prediction.PredictionId == $"after-{fault}"));
        var rejected = (await http.GetFromJsonAsync<JsonElement>("/api/v1/monitoring/rejected-batches")).GetProperty("rejected_batches").EnumerateArray();
        Assert.Contains(rejected, batch => batch.GetProperty("reason").GetString()!.EndsWith(reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("BOOL", "01", "true")]
    [InlineData("UINT8", "FF", "255")]
    [InlineData("UINT16", "FFFF", "65535")]
    [InlineData("UINT32", "FFFFFFFF", "4294967295")]
    [InlineData("UINT64", "FFFFFFFFFFFFFF7F", "9223372036854775807")]
    [InlineData("UINT64", "0000000000000080", "9.223372036854776E+18")]
    [InlineData("INT8", "FF", "-1")]
    [InlineData("INT16", "FEFF", "-2")]
    [InlineData("INT32", "FDFFFFFF", "-3")]
    [InlineData("INT64", "FCFFFFFFFFFFFFFF", "-4")]
    [InlineData("FP16", "003E", "1.5")]
    [InlineData("BF16", "C03F", "1.5")]
    [InlineData("FP32", "0000C03F", "1.5")]
    [InlineData("FP64", "000000000000F83F", "1.5")]
    [InlineData("FP64", "000000000000F87F", "none")]
    [InlineData("BYTES", "02000000C3BC", "ü")]
    public void An_element_is_read_as_its_datatype_says(string datatype, string bytes, string value)
    {
        var block = Block("one");
        block.Values.Add(ByteString.CopyFrom(Convert.FromHexString(bytes)));

        var row = PredictionRows.Of(new PredictionBatch
        {
            Layouts = { new PredictionLayout { Inputs = { new LoggedInput { Datatype = datatype, Features = { "x" } } } } },
            Blocks = { block },
        }).Single();

        Assert.Equal(value, Flat(row.Features.Single().Value));
    }

    private static PredictionLayout Layout(string model) => new()
    {
        Workspace = "default",
        Environment = "production",
        Model = model,
        Version = 1,
        Inputs = { new LoggedInput { Datatype = "FP32", Features = { "amount", "age" } }, new LoggedInput { Datatype = "BYTES", Features = { "channel" } } },
    };

    private static PredictionBlock Block(string id) => new() { PredictionId = id, Time = Time, LatencyUs = 12 };

    private Task PublishAsync(PredictionBatch batch)
    {
        batch.BatchId = $"tests-{Guid.NewGuid()}";
        return _publisher.PublishAsync(batch.ToByteArray());
    }

    private static string Flat(Value value) => value.KindCase switch
    {
        Value.KindOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        Value.KindOneofCase.Int64Value => value.Int64Value.ToString(CultureInfo.InvariantCulture),
        Value.KindOneofCase.DoubleValue => value.DoubleValue.ToString(CultureInfo.InvariantCulture),
        Value.KindOneofCase.StringValue => value.StringValue,
        _ => "none",
    };
}
