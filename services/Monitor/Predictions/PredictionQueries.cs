using System.Runtime.CompilerServices;
using ModelOps.Monitor.Naming;
using ModelOps.ServiceDefaults.Errors;
using Wire = ModelOps.Contracts.Monitor.V1;

namespace ModelOps.Monitor.Predictions;

/// <summary>Reads the prediction log.</summary>
internal sealed class PredictionQueries(PredictionStore store)
{
    private const int MaxPage = 10_000;
    private const int MaxMessageRows = 1_000;

    // gRPC clients take 4 MiB unless told otherwise; a record has at most 1 MiB.
    private const int MessageBytes = (4 << 20) - RecordRules.MaxRecordBytes - (64 << 10);

    /// <summary>A page of a model's predictions in the order they were stored; it ends early before a message grows too large.</summary>
    public async Task<Outcome<Wire.ListPredictionsResponse>> ListAsync(Wire.ListPredictionsRequest request, CancellationToken ct)
    {
        var workspace = Names.Workspace(request.Workspace);
        var list = $"predictions/{workspace}/{request.Model}/{request.Version}";
        var (size, after) = (PageToken.Size(request.PageSize, MaxPage), PageToken.Decode(list, request.PageToken, first: 0));
        if ((Names.Check(workspace, request.Model) ?? Names.CheckVersion(request.Version, min: 0) ?? size.Refusal ?? after.Refusal) is { } refusal)
        {
            return refusal;
        }

        // One more than asked for tells whether there is a next page.
        var rows = await store.ListAsync(workspace, request.Model, request.Version, after.Value, size.Value + 1, ct);
        var page = new Wire.ListPredictionsResponse();
        var bytes = 0;
        foreach (var row in rows.Take(size.Value).TakeWhile(_ => bytes < MessageBytes))
        {
            var prediction = row.ToWire();
            bytes += prediction.CalculateSize();
            page.Predictions.Add(prediction);
        }
        page.NextPageToken = rows.Count > page.Predictions.Count ? PageToken.Encode(list, rows[page.Predictions.Count - 1].Position) : "";
        return page;
    }

    /// <summary>Labelled predictions by event time, in messages of a size that every client takes.</summary>
    public Outcome<LabelledPredictions> ReadLabelled(Wire.ReadLabelledPredictionsRequest request, CancellationToken ct)
    {
        var (workspace, environment) = (Names.Workspace(request.Workspace), Names.Environment(request.Environment));
        var refusal = Names.Check(workspace, request.Model) ?? Names.CheckEnvironment(environment)
            ?? RecordRules.CheckTime(request.From, "from") ?? RecordRules.CheckTime(request.To, "to");
        if (refusal is not null)
        {
            return refusal;
        }
        var from = request.From?.ToDateTime() ?? DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc);
        var to = request.To?.ToDateTime() ?? DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc);
        return new LabelledPredictions(MessagesAsync(store.ReadLabelledAsync(workspace, environment, request.Model, from, to, ct), ct));
    }

    private static async IAsyncEnumerable<Wire.ReadLabelledPredictionsResponse> MessagesAsync(
        IAsyncEnumerable<PredictionRow> rows, [EnumeratorCancellation] CancellationToken ct)
    {
        var message = new Wire.ReadLabelledPredictionsResponse();
        var bytes = 0;
        await foreach (var row in rows.WithCancellation(ct))
        {
            var prediction = row.ToWire();
            bytes += prediction.CalculateSize();
            message.Predictions.Add(prediction);
            if (message.Predictions.Count == MaxMessageRows || bytes >= MessageBytes)
            {
                yield return message;
                (message, bytes) = (new(), 0);
            }
        }
        if (message.Predictions.Count > 0)
        {
            yield return message;
        }
    }
}

/// <summary>Labelled predictions, read while they are sent.</summary>
internal sealed record LabelledPredictions(IAsyncEnumerable<Wire.ReadLabelledPredictionsResponse> Messages);
