using System.Globalization;
using ModelOps.Inference.Models;
using ModelOps.Inference.PredictionLog;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.OpenInference;

/// <summary>Answers an inference request of the protocol's REST form.</summary>
internal sealed class RestInferHandler(ModelCatalog catalog, RequestBody bodies, InferenceMetrics metrics, PredictionLogger log)
{
    public async Task HandleAsync(HttpContext http, string model, string version)
    {
        var ct = http.RequestAborted;
        var started = metrics.Start();
        var headers = CallHeaders.Of(http.Request);
        var found = headers.Acquire(catalog, model, version, http.Response);
        if (found.Refusal is { } unknown)
        {
            metrics.Record(started, InferenceMetrics.Rest, null, unknown);
            await RestErrors.WriteAsync(http.Response, unknown, ct);
            return;
        }
        using var lease = found.Value;
        using var trace = InferenceMetrics.Trace(lease.Model, InferenceMetrics.Rest);
        var refusal = await InferAsync(http, new PredictionCall(lease.Model, headers.PredictionId, started), ct);
        metrics.Record(started, InferenceMetrics.Rest, lease.Model, refusal);
        if (refusal is not null)
        {
            await RestErrors.WriteAsync(http.Response, refusal, ct);
        }
    }

    /// <returns>Why there is no answer; null when it is written.</returns>
    private async Task<Refusal?> InferAsync(HttpContext http, PredictionCall call, CancellationToken ct)
    {
        var model = call.Model;
        using var inputs = new BoundInputs(model.Schema);
        var parsed = await ReadAsync(http.Request, inputs, ct);
        if (parsed.Value is not { } request)
        {
            return parsed.Refusal;
        }
        if (Select(model, request.Outputs, out var outputs) is { } bad)
        {
            return bad;
        }
        var outcome = await model.RunAsync(inputs, outputs!, request.Preferences, ct);
        using var result = outcome.Value;
        log.Append(call, inputs, outcome);
        if (result is not null)
        {
            await new RestAnswer(model, request, result).WriteAsync(http.Response, ContentCodings.ForAnswer(http.Request), ct);
        }
        return outcome.Refusal;
    }

    /// <summary>Without the header the whole body is JSON; where it is 0, none of it is.</summary>
    private ValueTask<Outcome<JsonInferRequest>> ReadAsync(HttpRequest request, BoundInputs inputs, CancellationToken ct)
    {
        if (!request.Headers.TryGetValue(RestAnswer.HeaderLength, out var header))
        {
            return bodies.ReadEncodedAsync(request, body => JsonInferRequest.Read(body, null, inputs), ct);
        }
        if (!long.TryParse(header.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var length))
        {
            return ValueTask.FromResult<Outcome<JsonInferRequest>>(Refusal.Invalid(RestAnswer.HeaderLength, "must be the length of the JSON in bytes"));
        }
        return bodies.ReadEncodedAsync(request, body => length == 0 ? JsonInferRequest.ReadRaw(body, inputs) : JsonInferRequest.Read(body, length, inputs), ct);
    }

    private static Refusal? Select(LoadedModel model, RequestedOutput[] wanted, out OutputSelection? outputs)
    {
        outputs = model.AllOutputs;
        if (wanted.Length == 0)
        {
            return null;
        }
        if (OutputSelection.Find(model.Schema, Array.ConvertAll(wanted, output => output.Name), out outputs) is { } unknown)
        {
            return unknown;
        }
        var bad = outputs!.Schemas.Index().FirstOrDefault(output => wanted[output.Index].Classes > 0 && !Classification.IsPossible(output.Item.Datatype)).Item;
        return bad is null ? null : Refusal.Invalid($"outputs.{bad.Name}", Classification.Rule);
    }
}
