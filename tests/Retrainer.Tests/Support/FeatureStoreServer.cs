using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ModelOps.Contracts.Features.V1;
using Value = ModelOps.Contracts.Features.V1.Value;
using ValueType = ModelOps.Contracts.Features.V1.ValueType;

namespace ModelOps.Retrainer.Tests.Support;

/// <summary>The FeatureStore's wire as far as the Retrainer uses it, over rows of the sample.</summary>
internal sealed class FeatureStoreServer(Neighbours world) : FeatureStore.FeatureStoreBase
{
    private static readonly FeatureView Transactions = new()
    {
        Workspace = "default",
        Name = "transactions",
        Version = 1,
        JoinKey = "transaction_id",
        JoinKeyType = ValueType.String,
        Schema =
        {
            new FeatureField { Name = "batch", Type = ValueType.String },
            new FeatureField { Name = "user_id", Type = ValueType.Int64 },
            new FeatureField { Name = "label", Type = ValueType.Int64 },
            new FeatureField { Name = "amount", Type = ValueType.Double },
            new FeatureField { Name = "merchant_category", Type = ValueType.String },
            new FeatureField { Name = "hour_of_day", Type = ValueType.Int64 },
            new FeatureField { Name = "is_foreign", Type = ValueType.Int64 },
            new FeatureField { Name = "card_present", Type = ValueType.Int64 },
        },
    };

    public override Task<FeatureView> GetFeatureView(GetFeatureViewRequest request, ServerCallContext context) =>
        request.Name == Transactions.Name
            ? Task.FromResult(Transactions)
            : throw new RpcException(new Status(StatusCode.NotFound, $"no view named {request.Name}"));

    public override Task<FeatureService> GetFeatureService(GetFeatureServiceRequest request, ServerCallContext context)
    {
        var service = new FeatureService { Workspace = "default", Name = request.Name, Version = 3 };
        service.Features.AddRange(FraudRows.StoreFeatures.Select(name => new FeatureReference
        {
            View = "user_history",
            Feature = name,
            Type = ValueType.Double,
            JoinKey = "user_id",
            JoinKeyType = ValueType.Int64,
        }));
        return Task.FromResult(service);
    }

    public override async Task ReadHistory(ReadHistoryRequest request, IServerStreamWriter<ReadHistoryResponse> responseStream, ServerCallContext context)
    {
        world.HistoryReads++;
        await world.HistoryGate.WaitAsync(context.CancellationToken);
        var to = request.To?.ToDateTimeOffset() ?? DateTimeOffset.MaxValue;
        foreach (var chunk in world.History.Where(row => row.EventTime < to).Chunk(1_000))
        {
            await responseStream.WriteAsync(new() { Rows = { chunk.Select(Row) } }, context.CancellationToken);
        }
    }

    public override async Task GetHistoricalFeatures(
        IAsyncStreamReader<GetHistoricalFeaturesRequest> requestStream, IServerStreamWriter<GetHistoricalFeaturesResponse> responseStream, ServerCallContext context)
    {
        var known = world.UserHistory.GroupBy(row => row.User).ToDictionary(group => group.Key, group => group.OrderBy(row => row.EventTime).ToArray());
        Assert.True(await requestStream.MoveNext(context.CancellationToken));
        Assert.Equal(3, requestStream.Current.Selection.Selection.FeatureServiceVersion);
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            var rows = requestStream.Current.Rows;
            var found = rows.Entities.Single().Keys
                .Zip(rows.EventTimes, (key, time) => known.GetValueOrDefault(key.Int64Value, []).LastOrDefault(row => row.EventTime <= time.ToDateTimeOffset()))
                .ToList();
            var answer = new GetHistoricalFeaturesResponse();
            answer.Vectors.AddRange(FraudRows.StoreFeatures.Select(name => new FeatureVector
            {
                Feature = name,
                View = "user_history",
                Values = { found.Select(row => row is null ? new Value() : new Value { DoubleValue = row.Number(name) }) },
            }));
            await responseStream.WriteAsync(answer, context.CancellationToken);
        }
    }

    private FeatureRow Row(FraudRow row) => new()
    {
        Entity = new() { StringValue = $"{row.User}/{row.EventTime.UtcTicks}" },
        EventTime = row.EventTime.ToTimestamp(),
        Values =
        {
            Transactions.Schema.Select(field => field.Name switch
            {
                "batch" => new Value { StringValue = row.Batch },
                "user_id" => new Value { Int64Value = row.User },
                "label" => new Value { Int64Value = world.LabelOf(row) },
                "merchant_category" => new Value { StringValue = row.Cells[field.Name] },
                "amount" => new Value { DoubleValue = row.Number(field.Name) },
                _ => new Value { Int64Value = (long)row.Number(field.Name) },
            }),
        },
    };
}
