using System.Text.Json;

namespace ModelOps.ServiceDefaults.Messaging;

/// <summary>Events as rows of the outbox.</summary>
internal static class EventSerializer
{
    /// <summary>Name under which a later process finds the type again: full name and assembly, without the assembly's version.</summary>
    public static string NameOf(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";

    public static string Write(object value) => JsonSerializer.Serialize(value, value.GetType());

    /// <exception cref="UnreadableEventException">The type is not known here, or the body is not of it.</exception>
    public static object Read(string type, string body)
    {
        try
        {
            var known = Type.GetType(type) ?? throw new UnreadableEventException($"no type {type}");
            return JsonSerializer.Deserialize(body, known) ?? throw new UnreadableEventException($"the body of {type} is null");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or IOException or ArgumentException or BadImageFormatException)
        {
            throw new UnreadableEventException($"{type} cannot be read: {e.Message}", e);
        }
    }
}

/// <summary>An event of the outbox cannot be made again from its row; a newer version of the service may still know it.</summary>
internal sealed class UnreadableEventException(string message, Exception? inner = null) : Exception(message, inner);
