using System.Globalization;
using ModelOps.Contracts.Monitor.V1;
using ModelOps.Monitor.Tests.Support;
using ModelOps.Statistics.Profiles;
using ModelOps.Testing;

namespace ModelOps.Monitor.Tests.Drift;

/// <summary>The card-fraud data, against the verdicts of others on the raw rows.</summary>
[Collection(MonitorFixture.Name)]
public sealed class FraudDriftTests(MonitorFixture fixture)
{
    private const string Category = "merchant_category";

    private static readonly string[] Features =
    [
        "amount", Category, "hour_of_day", "days_since_last", "user_avg_amount", "txn_count_24h", "account_age_days", "is_foreign", "card_present", "failed_logins_24h",
    ];

    private readonly MonitorHost _host = fixture.Host;

    [Theory]
    [InlineData("current_same.csv", "fraud_current_same")]
    [InlineData("current_drift.csv", "fraud_current_drift")]
    public async Task A_window_drifts_on_exactly_the_columns_that_others_name(string file, string expected)
    {
        var model = expected.Replace('_', '-');
        var rows = Read(file);
        fixture.Registry.Add(model, 1, ReferenceProfile.Build([.. Read("train.csv") is var train ? Features.Select((name, i) => Column(name, train, i)) : []]));
        await _host.SetPolicyAsync(new() { Model = model, WindowRows = rows.Count });

        foreach (var batch in rows.Index().Chunk(500))
        {
            await fixture.Publisher.PublishAsync([.. batch.Select(row => Record(model, row.Index, row.Item))]);
        }
        await Poll.UntilAsync(
            "the window is assessed", async _ => await _host.WindowsAsync(model) is [{ State: WindowState.Assessed }], TimeSpan.FromSeconds(120));

        var columns = Golden.Json("fraud_expected.json").GetProperty("drift").GetProperty(expected).GetProperty("columns");
        var window = (await _host.WindowsAsync(model)).Single();
        Assert.Equal(
            columns.EnumerateObject().Where(column => column.Value.GetProperty("drifted").GetBoolean()).Select(column => column.Name).Order(),
            window.Features.Where(feature => feature.Drifted).Select(feature => feature.Feature).Order());
        Assert.All(window.Features, feature => Assert.Equal(columns.GetProperty(feature.Feature).GetProperty("score").GetDouble(), feature.Score, 0.01));
    }

    private static List<string[]> Read(string file)
    {
        var lines = File.ReadAllLines(Path.Combine(Golden.Repository, "samples", "fraud", "data", file));
        var header = lines[0].Split(',');
        var places = Features.Select(feature => Array.IndexOf(header, feature)).ToArray();
        return [.. lines.Skip(1).Select(line => line.Split(',') is var cells ? places.Select(place => cells[place]).ToArray() : [])];
    }

    private static ProfileColumn Column(string name, List<string[]> rows, int place) => name == Category
        ? new CategoricalProfileColumn(name, [.. rows.Select(row => row[place])])
        : new NumericProfileColumn(name, [.. rows.Select(row => Number(row[place]))]);

    private static PredictionRecord Record(string model, int number, string[] row)
    {
        var record = Records.Of(model, Records.Id(model, number));
        for (var i = 0; i < row.Length; i++)
        {
            record.With(Features[i], Features[i] == Category ? Records.Text(row[i]) : Records.Number(Number(row[i])));
        }
        return record;
    }

    private static double Number(string cell) => cell.Length == 0 ? double.NaN : double.Parse(cell, CultureInfo.InvariantCulture);
}
