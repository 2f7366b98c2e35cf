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

    public Task ExecuteAsync(HttpContext httpContext)
    {
        SmallJson.Write(httpContext.Response, write, static (json, write) => write(json));
        return Task.CompletedTask;
    }
}
