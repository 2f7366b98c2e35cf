using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using ModelOps.Inference.Models;

namespace ModelOps.Inference.OpenInference;

/// <summary>
/// An answer of the protocol's REST form. Outputs that are wanted raw lie behind the JSON, which says how long each one is, in
/// the order of the outputs; a header says how long the JSON is.
/// </summary>
internal sealed class RestAnswer
{
    public const string HeaderLength = "Inference-Header-Content-Length";
    private readonly LoadedModel _model;
    private readonly JsonInferRequest _request;
    private readonly InferenceResult _result;
    private readonly Classes?[] _classes;
    private readonly long?[] _rawLengths;

    public RestAnswer(LoadedModel model, JsonInferRequest request, InferenceResult result)
    {
        (_model, _request, _result) = (model, request, result);
        _classes = new Classes?[result.Outputs.Length];
        _rawLengths = new long?[result.Outputs.Length];
        for (var i = 0; i < _classes.Length; i++)
        {
            var wanted = request.Outputs.Length > 0 ? request.Outputs[i] : default;
            _classes[i] = wanted.Classes > 0 ? Classification.Of(result.Outputs[i], wanted.Classes, model.Card.Classes) : null;
            if (wanted.IsBinary ?? request.HasBinaryOutputs)
            {
                _rawLengths[i] = _classes[i]?.RawLength ?? RawWriter.LengthOf(result.Outputs[i]);
            }
        }
    }

    private bool HasRaw => Array.Exists(_rawLengths, length => length is not null);

    /// <summary>Writes the answer.</summary>
    /// <param name="response">Where to.</param>
    /// <param name="coding">How it is compressed; null: not at all.</param>
    /// <param name="ct">Ends writing.</param>
    public async Task WriteAsync(HttpResponse response, string? coding, CancellationToken ct)
    {
        response.ContentType = HasRaw ? "application/octet-stream" : "application/json";
        if (coding is null)
        {
            await WriteAsync(response, response.BodyWriter, isCompressed: false, ct);
            return;
        }
        response.Headers.ContentEncoding = coding;
        await using var compressed = ContentCodings.Compress(response.Body, coding);
        var body = PipeWriter.Create(compressed, new StreamPipeWriterOptions(leaveOpen: true));
        await WriteAsync(response, body, isCompressed: true, ct);
        await body.CompleteAsync();
    }

    private async Task WriteAsync(HttpResponse response, PipeWriter body, bool isCompressed, CancellationToken ct)
    {
        if (HasRaw)
        {
            await WriteRawAsync(response, body, isCompressed, ct);
            return;
        }
        await using (var json = new Utf8JsonWriter(body))
        {
            WriteJson(json);
        }
        await body.FlushAsync(ct);
    }

    private async Task WriteRawAsync(HttpResponse response, PipeWriter body, bool isCompressed, CancellationToken ct)
    {
        var head = new ArrayBufferWriter<byte>(1024);
        await using (var json = new Utf8JsonWriter(head))
        {
            WriteJson(json);
        }
        response.Headers[HeaderLength] = head.WrittenCount.ToString();
        response.ContentLength = isCompressed ? null : head.WrittenCount + _rawLengths.Sum();
        body.Write(head.WrittenSpan);
        for (var i = 0; i < _rawLengths.Length; i++)
        {
            if (_rawLengths[i] is not null)
            {
                WriteRaw(body, i);
                await body.FlushAsync(ct);
            }
        }
    }

    private void WriteRaw(PipeWriter body, int index)
    {
        if (_classes[index] is not { } classes)
        {
            RawWriter.Write(body, _result.Outputs[index]);
            return;
        }
        foreach (var text in classes.Texts)
        {
            RawWriter.Write(body, text);
        }
    }

    private void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("model_name"u8, _model.Key.Model);
        json.WriteString("model_version"u8, _model.Version);
        if (_request.Id is { } id)
        {
            json.WriteString("id"u8, id);
        }
        json.WriteStartArray("outputs"u8);
        for (var i = 0; i < _classes.Length; i++)
        {
            WriteOutput(json, _result.Outputs[i], _classes[i], _rawLengths[i]);
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteOutput(Utf8JsonWriter json, in OutputTensor output, Classes? classes, long? rawLength)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, output.Schema.Name);
        json.WriteString("datatype"u8, classes is null ? output.Schema.Datatype.Name : Tensors.Datatype.Bytes.Name);
        json.WriteStartArray("shape"u8);
        foreach (var length in classes?.Shape ?? output.Shape)
        {
            json.WriteNumberValue(length);
        }
        json.WriteEndArray();
        if (rawLength is { } bytes)
        {
            json.WriteStartObject("parameters"u8);
            json.WriteNumber("binary_data_size"u8, bytes);
            json.WriteEndObject();
        }
        else
        {
            json.WritePropertyName("data"u8);
            WriteData(json, output, classes);
        }
        json.WriteEndObject();
    }

    private static void WriteData(Utf8JsonWriter json, in OutputTensor output, Classes? classes)
    {
        if (classes is null)
        {
            JsonTensors.WriteElements(json, output);
            return;
        }
        json.WriteStartArray();
        foreach (var text in classes.Texts)
        {
            json.WriteStringValue(text);
        }
        json.WriteEndArray();
    }
}
