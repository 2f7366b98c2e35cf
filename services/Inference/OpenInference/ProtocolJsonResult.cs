using System.Text.Json;
using Google.Protobuf;

namespace ModelOps.Inference.OpenInference;

/// <summary>Messages of the protocol's gRPC form as an answer of its REST form.</summary>
internal sealed class ProtocolJsonResult(Action<Utf8JsonWriter> write) : IResult
{
    public static ProtocolJsonResult Of(IMessage message) => new(json => ProtocolJson.Write(json, message));

    public static ProtocolJsonResult Of(IEnumerable<IMessage> messages) => new(json =>
    {
        json.WriteStartArray();
        foreach (var message in messages)
        {
            ProtocolJson.Write(json, message);
        }
        json.WriteEndArray();
    });

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "application/json";
        await using (var json = new Utf8JsonWriter(httpContext.Response.BodyWriter))
        {
            write(json);
        }
        await httpContext.Response.BodyWriter.FlushAsync(httpContext.RequestAborted);
    }
}
