using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.OpenInference;

/// <summary>Reads a whole JSON body where the server received it, without a copy.</summary>
internal sealed class RequestBody(IOptions<RequestLimits> limits)
{
    private readonly int _most = limits.Value.MaxRequestBytes;

    /// <summary>Reads a body and lets it be parsed while its memory lasts.</summary>
    /// <param name="request">The request.</param>
    /// <param name="parse">Parses the whole body; keeps no reference to it. May throw as JSON readers do.</param>
    /// <param name="ct">Ends reading.</param>
    public async ValueTask<Outcome<T>> ReadAsync<T>(HttpRequest request, Func<ReadOnlySequence<byte>, Outcome<T>> parse, CancellationToken ct)
        where T : notnull
    {
        if (request.ContentLength > _most)
        {
            return TooLarge();
        }
        try
        {
            while (true)
            {
                var read = await request.BodyReader.ReadAsync(ct);
                if (read.Buffer.Length > _most)
                {
                    request.BodyReader.AdvanceTo(read.Buffer.End);
                    return TooLarge();
                }
                if (read.IsCompleted)
                {
                    var parsed = Parse(read.Buffer, parse);
                    request.BodyReader.AdvanceTo(read.Buffer.End);
                    return parsed;
                }
                request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        catch (BadHttpRequestException e)
        {
            return e.StatusCode == StatusCodes.Status413PayloadTooLarge ? TooLarge() : Refusal.Invalid("body", e.Message);
        }
    }

    private static Outcome<T> Parse<T>(ReadOnlySequence<byte> body, Func<ReadOnlySequence<byte>, Outcome<T>> parse)
        where T : notnull
    {
        try
        {
            return body.IsEmpty ? Refusal.Invalid("body", "is empty") : parse(body);
        }
        catch (JsonException e)
        {
            return Refusal.Invalid("body", $"is not valid JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
        }
        catch (InvalidOperationException)
        {
            // What JSON readers throw for text that they cannot transcode.
            return Refusal.Invalid("body", "holds a string that is not valid UTF-8");
        }
    }

    private Refusal TooLarge() => new(RefusalKind.TooLarge, $"has more than the {_most} bytes that are taken", "body");
}
