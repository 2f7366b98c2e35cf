using Grpc.Core;
using ModelOps.Monitor.Tests.Support;

namespace ModelOps.Monitor.Tests.Predictions;

[Collection(MonitorFixture.Name)]
public sealed class ListingTests(MonitorFixture fixture)
{
    private readonly MonitorHost _host = fixture.Host;

    [Fact]
    public async Task A_page_ends_before_a_message_grows_too_large_for_a_client()
    {
        var large = Records.Many("large", 12);
        foreach (var record in large)
        {
            for (var feature = 0; feature < 160; feature++)
            {
                record.With($"f{feature}", Records.Text(new string('x', 4_000)));
            }
        }
        foreach (var record in large)
        {
            await fixture.Publisher.PublishAsync(record);
        }
        await _host.StoredAsync("large", 12);

        Assert.Equal(large.Select(record => record.PredictionId), (await _host.AllAsync("large")).Select(row => row.Prediction.PredictionId));
    }

    [Fact]
    public async Task Versions_are_listed_apart()
    {
        await fixture.Publisher.PublishAsync([.. Records.Many("apart", 3), .. Records.Many("apart", 2, first: 10, version: 2)]);
        await _host.StoredAsync("apart", 5);

        var second = await _host.Client.ListPredictionsAsync(new() { Model = "apart", Version = 2 }, MonitorHost.Headers, MonitorHost.Deadline);

        Assert.Equal([Records.Id("apart", 10), Records.Id("apart", 11)], second.Predictions.Select(row => row.Prediction.PredictionId));
        Assert.Empty(second.NextPageToken);
    }

    [Theory]
    [InlineData("", 1, "", "model: ")]
    [InlineData("Apart", 1, "", "model: ")]
    [InlineData("apart", -1, "", "page_size: ")]
    [InlineData("apart", 10_001, "", "page_size: ")]
    [InlineData("apart", 1, "garbage", "page_token: ")]
    public async Task A_bad_page_is_refused_by_field(string model, int size, string token, string field)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await _host.Client.ListPredictionsAsync(
            new() { Model = model, PageSize = size, PageToken = token }, MonitorHost.Headers, MonitorHost.Deadline));

        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.StartsWith(field, refusal.Status.Detail, StringComparison.Ordinal);
    }
}
