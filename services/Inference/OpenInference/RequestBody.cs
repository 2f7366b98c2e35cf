using System.Buffers;
using System.IO.Pipelines;
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
    public ValueTask<Outcome<T>> ReadAsync<T>(HttpRequest request, Func<ReadOnlySequence<byte>, Outcome<T>> parse, CancellationToken ct)
        where T : notnull =>
        request.ContentLength > _most ? ValueTask.FromResult<Outcome<T>>(TooLarge()) : ReadAsync(request.BodyReader, NotEmpty(parse), ct);

    /// <summary>Reads a body that may be empty.</summary>
    public ValueTask<Outcome<T>> ReadOptionalAsync<T>(HttpRequest request, Func<ReadOnlySequence<byte>, Outcome<T>> parse, CancellationToken ct)
        where T : notnull =>
        request.ContentLength > _most ? ValueTask.FromResult<Outcome<T>>(TooLarge()) : ReadAsync(request.BodyReader, parse, ct);

    /// <summary>Reads a body that may be compressed, which <see cref="ReadAsync{T}(HttpRequest, Func{ReadOnlySequence{byte}, Outcome{T}}, CancellationToken)"/> does not.</summary>
    public async ValueTask<Outcome<T>> ReadEncodedAsync<T>(HttpRequest request, Func<ReadOnlySequence<byte>, Outcome<T>> parse, CancellationToken ct)
        where T : notnull
    {
        var coding = request.Headers.ContentEncoding.ToString();
        if (coding is "" or "identity")
        {
            return await ReadAsync(request, parse, ct);
        }
        await using var plain = ContentCodings.Decompress(request.Body, coding);
        if (plain is null)
        {
            return Refusal.Invalid("Content-Encoding", "must be gzip or deflate");
        }
        var body = PipeReader.Create(plain, new StreamPipeReaderOptions(leaveOpen: true));
        try
        {
            return await ReadAsync(body, NotEmpty(parse), ct);
        }
        catch (Exception e) when (e is InvalidDataException or (IOException and not BadHttpRequestException)) // zlib with a dictionary is the latter
        {
            return Refusal.Invalid("body", $"is not valid {coding}");
        }
        finally
        {
            await body.CompleteAsync();
        }
    }

    private async ValueTask<Outcome<T>> ReadAsync<T>(PipeReader body, Func<ReadOnlySequence<byte>, Outcome<T>> parse, CancellationToken ct)
        where T : notnull
    {
        try
        {
            while (true)
            {
                var read = await body.ReadAsync(ct);
                if (read.Buffer.Length > _most)
                {
                    body.AdvanceTo(read.Buffer.End);
                    return TooLarge();
                }
                if (read.IsCompleted)
                {
                    var parsed = Parse(read.Buffer, parse);
                    body.AdvanceTo(read.Buffer.End);
                    return parsed;
                }
                body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        catch (BadHttpRequestException e)
        {
            return e.StatusCode == StatusCodes.Status413PayloadTooLarge ? TooLarge() : Refusal.Invalid("body", e.Message);
        }
    }

    private static Func<ReadOnlySequence<byte>, Outcome<T>> NotEmpty<T>(Func<ReadOnlySequence<byte>, Outcome<T>> parse)
        where T : notnull => body => body.IsEmpty ? Refusal.Invalid("body", "is empty") : parse(body);

    private static Outcome<T> Parse<T>(ReadOnlySequence<byte> body, Func<ReadOnlySequence<byte>, Outcome<T>> parse)
        where T : notnull
    {
        try
        {
            return parse(body);
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
