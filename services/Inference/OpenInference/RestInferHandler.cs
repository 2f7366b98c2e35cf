using System.Text.Json;
using ModelOps.Inference.Models;
using ModelOps.Inference.PredictionLog;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.OpenInference;

/// <summary>Answers an inference request of the protocol's REST form.</summary>
internal sealed class RestInferHandler(ModelCatalog catalog, RequestBody bodies, InferenceMetrics metrics, PredictionLogger log)
{
    private const string BinaryHeader = "Inference-Header-Content-Length";

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
        if (http.Request.Headers.ContainsKey(BinaryHeader))
        {
            return Refusal.Invalid(BinaryHeader, "binary tensor data is not supported; send the tensors as JSON, or use gRPC");
        }
        using var inputs = new BoundInputs(model.Schema);
        var parsed = await bodies.ReadAsync(http.Request, body => JsonInferRequest.Read(body, inputs), ct);
        if (parsed.Value is not { } request)
        {
            return parsed.Refusal;
        }
        var outputs = model.AllOutputs;
        if (request.Outputs.Length > 0 && OutputSelection.Find(model.Schema, request.Outputs, out outputs) is { } bad)
        {
            return bad;
        }
        var outcome = await model.RunAsync(inputs, outputs!, ct);
        using var result = outcome.Value;
        log.Append(call, inputs, outcome);
        if (result is not null)
        {
            await WriteAsync(http.Response, model, request, result, ct);
        }
        return outcome.Refusal;
    }

    private static async Task WriteAsync(HttpResponse response, LoadedModel model, JsonInferRequest request, InferenceResult result, CancellationToken ct)
    {
        response.ContentType = "application/json";
        await using (var json = new Utf8JsonWriter(response.BodyWriter))
        {
            Write(json, model, request, result);
        }
        await response.BodyWriter.FlushAsync(ct);
    }

    private static void Write(Utf8JsonWriter json, LoadedModel model, JsonInferRequest request, InferenceResult result)
    {
        json.WriteStartObject();
        json.WriteString("model_name"u8, model.Key.Model);
        json.WriteString("model_version"u8, model.Version);
        if (request.Id is { } id)
        {
            json.WriteString("id"u8, id);
        }
        json.WriteStartArray("outputs"u8);
        foreach (ref readonly var output in result.Outputs)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, output.Schema.Name);
            json.WriteString("datatype"u8, output.Schema.Datatype.Name);
            json.WriteStartArray("shape"u8);
            foreach (var length in output.Shape)
            {
                json.WriteNumberValue(length);
            }
            json.WriteEndArray();
            json.WritePropertyName("data"u8);
            JsonTensors.WriteElements(json, output);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
