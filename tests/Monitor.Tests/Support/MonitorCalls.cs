using Dapper;
using ModelOps.Contracts.Monitor.V1;
using ModelOps.Testing;
using Npgsql;

namespace ModelOps.Monitor.Tests.Support;

/// <summary>What tests ask of a service.</summary>
internal static class MonitorCalls
{
    public static async Task<IReadOnlyList<T>> QueryAsync<T>(this MonitorHost host, string sql, object? parameters = null)
    {
        await using var connection = new NpgsqlConnection(host.Database);
        return (await connection.QueryAsync<T>(sql, parameters)).AsList();
    }

    /// <summary>Waits until so many predictions of a model are stored.</summary>
    public static Task StoredAsync(this MonitorHost host, string model, long count) => Poll.UntilAsync(
        $"{count} predictions of {model} are stored",
        async _ => (await host.QueryAsync<long>("select count(*) from monitor.predictions where model = @model", new { model })).Single() == count,
        TimeSpan.FromSeconds(60));

    /// <summary>Every prediction of a model, page by page.</summary>
    public static async Task<IReadOnlyList<StoredPrediction>> AllAsync(this MonitorHost host, string model, int pageSize = 1_000)
    {
        var all = new List<StoredPrediction>();
        var token = "";
        do
        {
            var page = await host.Client.ListPredictionsAsync(new() { Model = model, PageSize = pageSize, PageToken = token }, MonitorHost.Headers, MonitorHost.Deadline);
            all.AddRange(page.Predictions);
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        return all;
    }

    public static async Task<IReadOnlyList<Window>> WindowsAsync(this MonitorHost host, string model) =>
        (await host.Client.ListWindowsAsync(new() { Model = model }, MonitorHost.Headers, MonitorHost.Deadline)).Windows;

    public static async Task SetPolicyAsync(this MonitorHost host, MonitoringPolicy policy) => await host.Client.SetPolicyAsync(new() { Policy = policy }, MonitorHost.Headers, MonitorHost.Deadline);

    public static async Task<PushLabelsResponse> LabelAsync(this MonitorHost host, params IEnumerable<(string Id, double Label)> labels) => await host.Client.PushLabelsAsync(
        new() { Labels = { labels.Select(label => new Label { PredictionId = label.Id, Label_ = label.Label }) } }, MonitorHost.Headers, MonitorHost.Deadline);
}
