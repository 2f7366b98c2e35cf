using System.Buffers;
using System.Text.Json;

namespace ModelOps.Inference.OpenInference;

/// <summary>
/// Writes answers of some hundred bytes: their length is said, so that headers and body leave together, where an answer in chunks leaves in
/// two pieces. Buffer and writer are the thread's.
/// </summary>
internal static class SmallJson
{
    private const int UsualSize = 1 << 10;
    private const int MostKept = 64 << 10;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? t_json;

    /// <summary>Writes an answer; the server sends it when the request is done.</summary>
    /// <param name="response">Nothing of it is written yet.</param>
    /// <param name="answer">What <paramref name="write"/> is given.</param>
    /// <param name="write">Writes the JSON, without waiting for anything.</param>
    public static void Write<T>(HttpResponse response, T answer, Action<Utf8JsonWriter, T> write)
    {
        var buffer = t_buffer ??= new(UsualSize);
        var json = t_json ??= new(buffer);
        try
        {
            json.Reset(buffer);
            write(json, answer);
            json.Flush();
            response.ContentType = "application/json";
            response.ContentLength = buffer.WrittenCount;
            response.BodyWriter.Write(buffer.WrittenSpan);
        }
        finally
        {
            buffer.ResetWrittenCount();
            t_buffer = buffer.Capacity > MostKept ? null : buffer;
        }
    }
}
