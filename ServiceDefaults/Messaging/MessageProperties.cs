using System.Text;
using RabbitMQ.Client;

namespace ModelOps.ServiceDefaults.Messaging;

/// <summary>What a message has beside its body, as texts by name; headers carry the prefix <c>header.</c></summary>
internal static class MessageProperties
{
    private const string Header = "header.";

    public static Dictionary<string, string> Read(IReadOnlyBasicProperties properties)
    {
        var read = new Dictionary<string, string>();
        Add(read, "content_type", properties.ContentType);
        Add(read, "content_encoding", properties.ContentEncoding);
        Add(read, "message_id", properties.MessageId);
        Add(read, "correlation_id", properties.CorrelationId);
        Add(read, "type", properties.Type);
        foreach (var (name, value) in properties.Headers ?? new Dictionary<string, object?>())
        {
            Add(read, Header + name, value switch { byte[] text => Encoding.UTF8.GetString(text), string text => text, _ => null });
        }
        return read;
    }

    public static BasicProperties Of(IReadOnlyDictionary<string, string> read) => new()
    {
        Persistent = true,
        ContentType = read.GetValueOrDefault("content_type"),
        ContentEncoding = read.GetValueOrDefault("content_encoding"),
        MessageId = read.GetValueOrDefault("message_id"),
        CorrelationId = read.GetValueOrDefault("correlation_id"),
        Type = read.GetValueOrDefault("type"),
        Headers = read.Where(pair => pair.Key.StartsWith(Header, StringComparison.Ordinal))
            .ToDictionary(pair => pair.Key[Header.Length..], object? (pair) => pair.Value),
    };

    private static void Add(Dictionary<string, string> read, string name, string? value)
    {
        if (value is not null)
        {
            read[name] = value.Replace('\0', ' ');
        }
    }
}
