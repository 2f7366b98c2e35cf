using System.Collections.Concurrent;
using System.Globalization;
using ModelOps.Contracts.Features.V1;
using ModelOps.Contracts.Monitor.V1;
using ModelOps.Inference.Tests.Support;
using ModelOps.Testing;

namespace ModelOps.Inference.Tests.PredictionLog;

/// <summary>From an answer to the broker, over whatever breaks in between.</summary>
public sealed class PublishingTests(RabbitMQFixture broker) : IClassFixture<RabbitMQFixture>, IAsyncLifetime, IDisposable
{
    private const string OneRow = """{"inputs":[{"name":"x","datatype":"FP32","shape":[1,1],"data":[1]}]}""";
    private readonly string _log = Directory.CreateTempSubdirectory("modelops-log-").FullName;
    private readonly TcpRelay _line = new(broker.ConnectionString);
    private Peers _peers = null!;
    private PredictionQueue _queue = null!;

    public async Task InitializeAsync()
    {
        _peers = await Peers.StartAsync();
        _peers.Want(
            2,
            _peers.Store("named", 2, OnnxModels.NamedFeatures()),
            _peers.Store("sum", 1, OnnxModels.SumAndDifference()),
            _peers.Store("m", 1, OnnxModels.AddConstant(1)),
            _peers.Store("m", 2, OnnxModels.AddConstant(2), primary: false),
            _peers.Store("gather", 1, OnnxModels.Gather()));
        _queue = await PredictionQueue.StartAsync(broker);
    }

    public async Task DisposeAsync()
    {
        await _queue.DisposeAsync();
        await _peers.DisposeAsync();
        Directory.Delete(_log, recursive: true);
    }

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task Every_row_arrives_once_with_what_was_given_and_what_was_predicted()
    {
        _line.Mend();
        await using var app = await StartAsync();

        await PredictAsync(app, "predicted", "2");
        await InferAsync(app, "one", 5);
        await InferAsync(app, "many", 5, 6, 7);
        await _queue.HasAsync(["predicted", "one", "many#0", "many#1", "many#2"]);

        var records = _queue.Records.ToDictionary(record => record.PredictionId);
        var predicted = records["predicted"];
        Assert.Equal(("default", "production", "named", 2L, "", ""), (predicted.Workspace, predicted.Environment, predicted.Model, predicted.Version, predicted.Segment, predicted.Error));
        Assert.Equal([("amount", "2"), ("channel", "online")], predicted.Features.Select(Flat));
        Assert.Equal("1", predicted.Prediction);
        Assert.Equal(0.880797, predicted.Score, 1e-6);
        Assert.Equal(predicted.Time, predicted.EventTime);
        Assert.InRange(predicted.LatencyUs, 1, 60_000_000);
        Assert.Equal([("x", "6")], records["many#1"].Features.Select(Flat));
        Assert.Equal(("7", 7), (records["many#1"].Prediction, records["many#1"].Score));
        Assert.Equal(5, _queue.Records.Count);
    }

    [Fact]
    public async Task What_the_model_fails_on_is_logged_and_what_is_refused_is_not()
    {
        _line.Mend();
        await using var app = await StartAsync();

        await RefusedAsync(app, "gather", """{"inputs":[{"name":"index","datatype":"INT64","shape":[1],"data":[5]}]}""", "failed");
        await RefusedAsync(app, "gather", """{"inputs":[{"name":"index","datatype":"INT64","shape":[1],"data":["x"]}]}""", "refused");
        await InferAsync(app, "last", 1);
        await _queue.HasAsync(["last"]);

        var failed = _queue.Records.Single(record => record.PredictionId == "failed");
        Assert.StartsWith("the model does not run on these inputs: ", failed.Error, StringComparison.Ordinal);
        Assert.Equal(("", false), (failed.Prediction, failed.HasScore));
        Assert.Equal([("index", "5")], failed.Features.Select(Flat));
        Assert.DoesNotContain(_queue.Records, record => record.PredictionId == "refused");
    }

    [Fact]
    public async Task A_matrix_is_logged_by_column()
    {
        _line.Mend();
        await using var app = await StartAsync();

        await RefusedAsync(
            app, "sum", """{"inputs":[{"name":"a","datatype":"FP32","shape":[1,2],"data":[1,"NaN"]},{"name":"b","datatype":"FP32","shape":[1,2],"data":[3,4]}]}""", "matrix");
        await _queue.HasAsync(["matrix"]);

        Assert.Equal([("a[0]", "1"), ("a[1]", "null"), ("b[0]", "3"), ("b[1]", "4")], _queue.Records.Single().Features.Select(Flat));
    }

    [Fact]
    public async Task The_version_and_the_identity_are_the_gateways()
    {
        _line.Mend();
        await using var app = await StartAsync();

        var answer = await InferAsync(app, "chosen", "2", 1);
        await _queue.HasAsync(["chosen"]);

        Assert.Equal("2", answer.Headers.GetValues("x-modelops-model-version").Single());
        Assert.Equal((2, "3"), (_queue.Records.Single().Version, _queue.Records.Single().Prediction));
    }

    [Fact]
    public async Task Predictions_answered_without_the_broker_arrive_when_it_is_back_and_health_stays_ok()
    {
        await using var app = await StartAsync();
        var ids = await ManyAsync(app, "away", 1200);
        foreach (var id in (string[])["wide-0", "wide-1", "wide-2", "wide-3"])
        {
            (await InferAsync(app, id, [.. Enumerable.Repeat(1f, 1000)])).EnsureSuccessStatusCode().Dispose();
            ids.AddRange(Enumerable.Range(0, 1000).Select(row => $"{id}#{row}"));
        }
        using var health = await app.Http.GetAsync("/health");

        _line.Mend();
        await _queue.HasAsync(ids);
        _line.Cut();
        var more = await ManyAsync(app, "again", 100);
        _line.Mend();
        await _queue.HasAsync(more);

        Assert.Equal(System.Net.HttpStatusCode.OK, health.StatusCode);
        Assert.All(_queue.Batches, batch => Assert.InRange(PredictionRows.Count(batch), 1, 4_096));
        Assert.Contains(_queue.Batches, batch => PredictionRows.Count(batch) > 2_048);
        // What came twice came under the identity it had.
        Assert.All(_queue.Batches.GroupBy(batch => batch.BatchId), same => Assert.Single(same.Distinct()));
    }

    [Fact]
    public async Task What_a_killed_replica_left_is_published_by_one_that_lives_and_a_half_written_record_is_cut()
    {
        List<string> ids;
        await using (var first = await StartAsync())
        await using (var second = await StartAsync())
        {
            ids = [.. await ManyAsync(first, "first", 20), .. await ManyAsync(second, "second", 20)];
        }
        foreach (var file in Directory.EnumerateFiles(_log, "*.log", SearchOption.AllDirectories))
        {
            await using var torn = new FileStream(file, FileMode.Append);
            torn.Write([100, 0, 0, 0, 1, 2, 3, 4, 5]);
        }

        _line.Mend();
        await using var survivor = await StartAsync();
        await _queue.HasAsync(ids);

        Assert.Equal(ids.Order(), _queue.Records.Select(record => record.PredictionId).Order());
        await Poll.UntilAsync("the files are deleted", () => !Directory.EnumerateFiles(_log, "*.log", SearchOption.AllDirectories).Any());
    }

    [Fact]
    public async Task A_process_that_is_killed_amid_its_traffic_loses_nothing_that_it_answered()
    {
        _line.Mend();
        (string, string)[] settings =
            [("ConnectionStrings:bus", _line.ConnectionString), ("Inference:PredictionLog:Path", _log), ("Inference:CacheDirectory", Path.Combine(_log, "cache"))];
        var answered = new ConcurrentBag<string>();
        await using (var killed = await InferenceProcess.StartAsync(_peers, "m", 1, settings))
        {
            var callers = Enumerable.Range(0, 4).Select(caller => Task.Run(() => AskUntilItDiesAsync(killed.Http, $"caller-{caller}", answered))).ToList();
            await Poll.UntilAsync("traffic", () => answered.Count > 300, ct: CancellationToken.None);
            await killed.KillAsync();
            await Task.WhenAll(callers);
        }

        await using var restarted = await InferenceProcess.StartAsync(_peers, "m", 1, settings);

        await _queue.HasAsync(answered);
    }

    private static async Task AskUntilItDiesAsync(HttpClient http, string prefix, ConcurrentBag<string> answered)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                using var answer = await SendAsync(http, "/v2/models/m/infer", OneRow, $"{prefix}-{i}");
                answer.EnsureSuccessStatusCode();
                answered.Add($"{prefix}-{i}");
            }
            catch (HttpRequestException)
            {
                return; // the process is gone
            }
        }
    }

    [Fact]
    public async Task A_replica_that_stops_publishes_what_it_has_and_leaves_nothing()
    {
        _line.Mend();
        List<string> ids;
        await using (var app = await StartAsync())
        {
            ids = await ManyAsync(app, "stopping", 50);
            await Poll.UntilAsync("the broker is reached", () => _queue.Records.Count > 0);
        }

        await _queue.HasAsync(ids);
        Assert.Empty(Directory.EnumerateFiles(_log, "*.log", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_log_that_cannot_be_written_fails_no_prediction()
    {
        var file = Path.Combine(_log, "a file, no folder");
        await File.WriteAllTextAsync(file, "");
        await using var app = await StartAsync(Path.Combine(file, "log"));

        using var answer = await InferAsync(app, "unlogged", 1);

        Assert.True(answer.IsSuccessStatusCode);
        var dropped = (await app.Http.GetStringAsync("/metrics")).Split('\n').Where(line => line.Contains("prediction_log_dropped", StringComparison.Ordinal));
        Assert.Contains(dropped, line => line.Contains("reason=\"disk\"", StringComparison.Ordinal) && line.EndsWith(" 1", StringComparison.Ordinal));
    }

    private async Task<InferenceApp> StartAsync(string? log = null)
    {
        var app = await InferenceApp.StartAsync(
            _peers,
            [("ConnectionStrings:bus", _line.ConnectionString), ("Inference:DefaultModel", "named"), ("Inference:PredictionLog:Path", log ?? _log),
                ("Inference:PredictionLog:AdoptInterval", "00:00:00.100")]);
        foreach (var (model, version) in ((string, long)[])[("named", 2), ("sum", 1), ("m", 1), ("m", 2), ("gather", 1)])
        {
            await app.ReadyAsync(model, version);
        }
        return app;
    }

    private static async Task<List<string>> ManyAsync(InferenceApp app, string prefix, int count)
    {
        var ids = Enumerable.Range(0, count).Select(i => $"{prefix}-{i}").ToList();
        await Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (id, _) => (await InferAsync(app, id, 1)).EnsureSuccessStatusCode().Dispose());
        return ids;
    }

    private static async Task PredictAsync(InferenceApp app, string id, string amount)
    {
        using var answer = await SendAsync(app.Http, "/predict", $$"""{"features":[{{amount}},"online"]}""", id);
        answer.EnsureSuccessStatusCode();
    }

    private static Task<HttpResponseMessage> InferAsync(InferenceApp app, string id, params float[] rows) => InferAsync(app, id, "", rows);

    private static Task<HttpResponseMessage> InferAsync(InferenceApp app, string id, string version, params float[] rows) => SendAsync(
        app.Http,
        "/v2/models/m/infer",
        $$"""{"inputs":[{"name":"x","datatype":"FP32","shape":[{{rows.Length}},1],"data":[{{string.Join(',', rows)}}]}]}""",
        id,
        version);

    private static async Task RefusedAsync(InferenceApp app, string model, string body, string id)
    {
        using var answer = await SendAsync(app.Http, $"/v2/models/{model}/infer", body, id);
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient http, string path, string body, string id, string version = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = Requests.Json(body) };
        request.Headers.Add("x-modelops-prediction-id", id);
        request.Headers.Add("x-modelops-model-version", version);
        return await http.SendAsync(request);
    }

    private static (string Name, string Value) Flat(NamedValue feature) => (feature.Name, feature.Value.KindCase switch
    {
        Value.KindOneofCase.DoubleValue => feature.Value.DoubleValue.ToString(CultureInfo.InvariantCulture),
        Value.KindOneofCase.Int64Value => feature.Value.Int64Value.ToString(CultureInfo.InvariantCulture),
        Value.KindOneofCase.StringValue => feature.Value.StringValue,
        Value.KindOneofCase.BoolValue => feature.Value.BoolValue ? "true" : "false",
        _ => "null",
    });
}
