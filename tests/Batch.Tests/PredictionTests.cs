using ModelOps.Batch.Tests.Support;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Batch.Tests;

public sealed class PredictionTests : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Csv_keeps_its_columns_and_gets_the_predictions()
    {
        _bench.Write("in.csv", "\uFEFFnote,channel,amount\r\n\"a, \"\"b\"\"\nc\",web,75\r\n,\"\",25\r\n");

        var outcome = await Workbench.RunAsync(_bench.Spec("in.csv", "out.csv"), new RiskModel());

        Assert.Equal(new BatchSummary("risk", 7, 2, 0), outcome.Value);
        Assert.Equal(
            "note,channel,amount,prediction,probability,probabilities,predicted_at,model_version\n"
            + "\"a, \"\"b\"\"\nc\",web,75,1,0.75,\"[0.25,0.75]\",<time>,7\n"
            + ",\"\",25,0,0.75,\"[0.75,0.25]\",<time>,7\n",
            _bench.Read("out.csv"));
        Assert.Equal(["in.csv", "out.csv"], _bench.Names());
    }

    [Fact]
    public async Task Ndjson_keeps_its_members_and_gets_the_predictions()
    {
        _bench.Write("in.ndjson", "{\"channel\":\"w\\u0065b\",\"amount\":75,\"note\":{\"deep\":[1,2]}}\n\n { \"amount\" : 25 , \"channel\":\"x\" } \n");

        await Workbench.RunAsync(_bench.Spec("in.ndjson", "out.ndjson"), new RiskModel());

        Assert.Equal(
            [
                "{\"channel\":\"w\\u0065b\",\"amount\":75,\"note\":{\"deep\":[1,2]},\"prediction\":1,\"probability\":0.75,\"probabilities\":[0.25,0.75],\"predicted_at\":\"<time>\",\"model_version\":7}",
                " { \"amount\" : 25 , \"channel\":\"x\",\"prediction\":0,\"probability\":0.75,\"probabilities\":[0.75,0.25],\"predicted_at\":\"<time>\",\"model_version\":7}",
            ],
            _bench.Lines("out.ndjson"));
    }

    [Theory]
    [InlineData(new string[0], "0.75"), InlineData(new[] { "0", "1" }, "0.25"), InlineData(new[] { "1", "0" }, "0.75"), InlineData(new[] { "1", "1" }, "")]
    public async Task The_probability_is_that_of_the_label_and_empty_where_that_is_not_known(string[] labels, string probability)
    {
        _bench.Write("in.csv", "amount,channel\n25,web\n");

        await Workbench.RunAsync(_bench.Spec("in.csv", "out.csv"), new RiskModel { Cut = 20, Labels = labels });

        Assert.Equal($"25,web,1,{probability},\"[0.75,0.25]\",<time>,7", _bench.Lines("out.csv")[1]);
    }

    [Fact]
    public async Task Bad_rows_of_csv_go_to_a_side_file_with_line_and_reason()
    {
        _bench.Write("in.csv", "amount,channel\n1,a\nmuch,b\n2\n3,\"x\"y\n1e39,c\nNaN,d\n,e\n13,f\n14,g\n");

        var outcome = await Workbench.RunAsync(_bench.Spec("in.csv", "out.csv"), new RiskModel { AllowNaN = false });

        Assert.Equal((2, 7), (outcome.Value!.Rows, outcome.Value.Rejected));
        Assert.Equal(["1,a", "14,g"], _bench.Lines("out.csv").Skip(1).Select(line => string.Join(',', line.Split(',').Take(2))));
        Assert.Equal(
            [
                """{"line":3,"reason":"amount: must be a number within FP32","row":"much,b"}""",
                """{"line":4,"reason":"has 1 fields, the header has 2","row":"2"}""",
                """{"line":5,"reason":"is not valid CSV: a quote or a line break stands where RFC 4180 has none","row":"3,\u0022x\u0022y"}""",
                """{"line":6,"reason":"amount: must be a number within FP32","row":"1e39,c"}""",
                """{"line":7,"reason":"amount: is NaN, which the model forbids","row":"NaN,d"}""",
                """{"line":8,"reason":"amount: is missing, and the model takes no missing numbers","row":",e"}""",
                """{"line":9,"reason":"inputs.amount: is unlucky","row":"13,f"}""",
            ],
            _bench.Lines("out.csv.rejected.ndjson"));
    }

    [Theory]
    [InlineData("[1]", "must be a JSON object")]
    [InlineData("{\"amount\":1", "is not valid JSON at byte 12")]
    [InlineData("{\"amount\":1,\"channel\":\"a\"}{}", "is not valid JSON at byte 27")]
    [InlineData("{\"amount\":1}", "channel: is missing, and a string has no missing value")]
    [InlineData("{\"amount\":\"1\",\"channel\":\"a\"}", "amount: must be a number within FP32")]
    [InlineData("{\"amount\":[1],\"channel\":\"a\"}", "amount: must be a number within FP32")]
    [InlineData("{\"amount\":1,\"channel\":7}", "channel: must be a string")]
    [InlineData("{\"amount\":1,\"amount\":2,\"channel\":\"a\"}", "amount: is given twice")]
    [InlineData("{\"amount\":1,\"channel\":\"a\",\"prediction\":1}", "has a member 'prediction', which the output adds")]
    [InlineData("{\"amount\":1,\"channel\":\"\\ud800\"}", "holds a string that is not valid Unicode")]
    public async Task A_bad_row_of_ndjson_says_why(string row, string reason)
    {
        _bench.Write("in.ndjson", $"{row}\n{{\"amount\":null,\"channel\":\"a\"}}\n");

        var outcome = await Workbench.RunAsync(_bench.Spec("in.ndjson", "out.ndjson"), new RiskModel());

        Assert.Equal((1, 1), (outcome.Value!.Rows, outcome.Value.Rejected));
        Assert.Contains($"\"reason\":{System.Text.Json.JsonSerializer.Serialize(reason)}", Assert.Single(_bench.Lines("out.ndjson.rejected.ndjson")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "input: is empty; a CSV file begins with a header row")]
    [InlineData("amount\n1\n", "input: line 1: there is no column 'channel'; the model takes 'amount', 'channel', the file has 'amount'")]
    [InlineData("amount,channel,amount\n", "input: line 1: column 'amount' is there twice")]
    [InlineData("amount,channel,prediction\n", "input: line 1: column 'prediction' is one that the output adds; rename it")]
    public async Task A_header_that_does_not_fit_is_refused_and_leaves_nothing_behind(string text, string detail)
    {
        _bench.Write("in.csv", text);

        var outcome = await Workbench.RunAsync(_bench.Spec("in.csv", "out.csv"), new RiskModel());

        Assert.Equal(detail, outcome.Refusal?.Detail);
        Assert.Equal(["in.csv"], _bench.Names());
    }

    [Theory]
    [InlineData("b,a\n1,75\n", new[] { "a", "b" }), InlineData("x1,x0\n1,75\n", new string[0]), InlineData("p,q\n75,1\n", new string[0])]
    public async Task A_matrix_is_filled_by_its_names_by_x_and_number_or_in_order(string text, string[] names)
    {
        _bench.Write("in.csv", text);

        await Workbench.RunAsync(_bench.Spec("in.csv", "out.csv"), new RiskModel { Matrix = names });

        Assert.Contains(",1,0.75,\"[0.25,0.75]\"", _bench.Read("out.csv"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RefusalKind.Unavailable, 3, true), InlineData(RefusalKind.Unavailable, 4, false)]
    [InlineData(RefusalKind.ResourceExhausted, 20, true), InlineData(RefusalKind.NotFound, 1, false)]
    public async Task What_may_pass_is_tried_three_times_more_and_a_full_server_for_some_minutes(RefusalKind kind, int failures, bool succeeds)
    {
        _bench.Write("in.csv", Workbench.Csv(3));
        var model = new RiskModel { Interfere = call => call <= failures ? new Refusal(kind, "away") : null };

        var outcome = await Workbench.RunAsync(_bench.Spec("in.csv", "out.csv"), model);

        Assert.Equal(succeeds, outcome.Succeeded);
        Assert.Equal(succeeds ? null : "away", outcome.Refusal?.Message);
    }

    [Fact]
    public async Task A_model_that_refuses_every_row_fails_the_job_instead_of_rejecting_the_file()
    {
        _bench.Write("in.csv", "amount,channel\n" + Workbench.Rows(1_000, _ => "13,a"));

        var outcome = await Workbench.RunAsync(_bench.Spec("in.csv", "out.csv", chunkRows: 1_000), new RiskModel());

        Assert.Equal("inputs.amount: the model refuses more than 100 rows of a chunk, the last one with: is unlucky", outcome.Refusal?.Detail);
    }

    [Fact]
    public async Task The_model_gets_many_rows_at_once_and_no_more_than_allowed()
    {
        _bench.Write("in.csv", Workbench.Csv(100));
        var model = new RiskModel();

        await Workbench.RunAsync(_bench.Spec("in.csv", "out.csv", chunkRows: 50) with { RequestRows = 32 }, model);

        Assert.Equal((32, 4), (model.MostRows, model.Calls));
    }

    [Theory]
    [InlineData("parquet", "in.csv", "out.csv"), InlineData(null, "in.parquet", "out.csv"), InlineData(null, "in.csv", "out.parquet")]
    public void Parquet_is_refused_with_what_to_do(string? format, string input, string output) =>
        Assert.Equal("format: Parquet is not supported; convert the file to CSV or NDJSON", RecordFormats.Of(format, input, output).Refusal?.Detail);
}
