using Grpc.Core;
using ModelOps.Contracts.Features.V1;
using ModelOps.Inference.Models;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Predict;

/// <summary>
/// Reads what a request lacks from the feature store, in one call; none when it lacks nothing. What is not there either takes the
/// default of the version's serving configuration, where it has one; when everything lacking has one, no store is needed for an answer.
/// </summary>
internal sealed class OnlineFeatures(FeatureStore.FeatureStoreClient store, DefaultedFeatureMetrics metrics)
{
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(1);

    /// <summary>Completes a request's values.</summary>
    public async ValueTask<Outcome<CompletedFeatures>> CompleteAsync(LoadedModel model, FeaturePlan plan, FeatureRequest request, CancellationToken ct)
    {
        int[] lacking = [.. plan.Slots.Index().Where(slot => request.Values[slot.Index] is null).Select(slot => slot.Index)];
        if (lacking.Length == 0)
        {
            return CompletedFeatures.None;
        }
        var isAnyRequired = lacking.Any(ordinal => plan.Defaults[ordinal] is null);
        if (model.FeatureService is not { } service)
        {
            var required = Array.Find(lacking, ordinal => plan.Defaults[ordinal] is null);
            return isAnyRequired
                ? Refusal.Invalid($"features.{plan.Slots[required].Name}", $"is missing, and version {model.Version} of the model reads no feature service")
                : Default(model, plan, request, lacking, storeIsAway: false);
        }
        if (request.Entities.Count == 0 && !isAnyRequired)
        {
            return Default(model, plan, request, lacking, storeIsAway: false); // nobody to look up
        }
        var read = await ReadAsync(model.Key, service, request.Entities, ct);
        if (read.Value is { } response)
        {
            var filled = Fill(model, plan, request, lacking, response);
            metrics.Record(model, filled.Value?.Defaulted.Count ?? 0, storeIsAway: false);
            return filled;
        }
        return read.Refusal!.Kind == RefusalKind.Unavailable && !isAnyRequired
            ? Default(model, plan, request, lacking, storeIsAway: true)
            : read.Refusal;
    }

    private CompletedFeatures Default(LoadedModel model, FeaturePlan plan, FeatureRequest request, int[] lacking, bool storeIsAway)
    {
        foreach (var ordinal in lacking)
        {
            request.Values[ordinal] = plan.Defaults[ordinal];
        }
        metrics.Record(model, lacking.Length, storeIsAway);
        return new([], Array.ConvertAll(lacking, ordinal => plan.Slots[ordinal].Name));
    }

    private async Task<Outcome<GetOnlineFeaturesResponse>> ReadAsync(
        VersionKey key, FeatureServiceReference service, IReadOnlyList<NamedValue> entities, CancellationToken ct)
    {
        var request = new GetOnlineFeaturesRequest
        {
            Workspace = key.Workspace,
            Selection = new() { FeatureService = service.Name, FeatureServiceVersion = service.Version },
            Entities = { entities.Select(entity => new EntityColumn { JoinKey = entity.Name, Keys = { entity.Value } }) },
        };
        try
        {
            return await store.GetOnlineFeaturesAsync(request, cancellationToken: ct);
        }
        catch (RpcException e)
        {
            ct.ThrowIfCancellationRequested();
            return Explain(e.Status, service);
        }
    }

    private static Refusal Explain(Status status, FeatureServiceReference service) => status.StatusCode switch
    {
        StatusCode.InvalidArgument => OfEntities(status.Detail),
        StatusCode.NotFound or StatusCode.FailedPrecondition => new(
            RefusalKind.FailedPrecondition, $"the feature store cannot serve feature service '{service.Name}' version {service.Version}: {status.Detail}"),
        _ => new(RefusalKind.Unavailable, $"the feature store does not answer ({status.StatusCode}); predictions that bring all their features need none")
        {
            RetryAfter = TryAgain,
        },
    };

    /// <summary>The store names the column and the row of a key; a caller of ours has one row.</summary>
    private static Refusal OfEntities(string detail)
    {
        var end = detail.StartsWith("entities", StringComparison.Ordinal) ? detail.IndexOf(": ", StringComparison.Ordinal) : -1;
        return end < 0 ? Refusal.Invalid("entities", detail) : Refusal.Invalid(detail[..end].Replace("[0]", "", StringComparison.Ordinal), detail[(end + 2)..]);
    }

    private static Outcome<CompletedFeatures> Fill(LoadedModel model, FeaturePlan plan, FeatureRequest request, int[] lacking, GetOnlineFeaturesResponse response)
    {
        var (fromStore, defaulted) = (new List<string>(lacking.Length), new List<string>());
        foreach (var ordinal in lacking)
        {
            var slot = plan.Slots[ordinal];
            var vector = response.Vectors.FirstOrDefault(one => one is { Values.Count: > 0, Statuses.Count: > 0 } && one.Feature == slot.Name);
            if (vector?.Statuses[0] != FeatureStatus.Present && plan.Defaults[ordinal] is { } standard)
            {
                request.Values[ordinal] = standard;
                defaulted.Add(slot.Name);
                continue;
            }
            fromStore.Add(slot.Name);
            if (vector is not { Values: [var value, ..], Statuses: [var status, ..] })
            {
                var service = model.FeatureService!;
                return Refusal.Invalid($"features.{slot.Name}", $"is missing, and feature service '{service.Name}' version {service.Version} does not have it");
            }
            if (status != FeatureStatus.Present && slot.Datatype.IsFloatingPoint && plan.AllowNaN)
            {
                request.Values[ordinal] = StoredValue.NaN(slot.Datatype);
                continue;
            }
            request.Values[ordinal] = status == FeatureStatus.Present ? StoredValue.Encode(value, slot.Datatype) : null;
            if (request.Values[ordinal] is not { } raw || ElementRules.Check(slot.Datatype, raw, 1, plan.AllowNaN) is not null)
            {
                return Unusable(vector, slot, request, status == FeatureStatus.Present ? $"has a value that does not fit {slot.Datatype.Name}" : Describe(status));
            }
        }
        return new CompletedFeatures(fromStore, defaulted);
    }

    private static Refusal Unusable(FeatureVector vector, FeatureSlot slot, FeatureRequest request, string what)
    {
        var entities = string.Join(", ", request.Entities.Select(entity =>
            $"{entity.Name} {(entity.Value.KindCase == Value.KindOneofCase.StringValue ? $"'{entity.Value.StringValue}'" : entity.Value.Int64Value)}"));
        return new(RefusalKind.FailedPrecondition, $"feature '{slot.Name}' of view '{vector.View}' {what} for {entities}, and the model takes no missing value of it");
    }

    private static string Describe(FeatureStatus status) => status switch
    {
        FeatureStatus.NotFound => "has no value",
        FeatureStatus.OutsideMaxAge => "has only a value older than the view allows",
        _ => "is null",
    };
}
