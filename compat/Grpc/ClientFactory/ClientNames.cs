namespace Grpc.Net.ClientFactory;

/// <summary>The client type behind each configured name; one name cannot mean two types.</summary>
internal sealed class ClientNames
{
    private readonly Dictionary<string, Type> _types = new(StringComparer.Ordinal);

    public void Add(string name, Type client)
    {
        if (!_types.TryAdd(name, client) && _types[name] != client)
        {
            throw new InvalidOperationException(
                $"The gRPC client factory already has a registered client with the name '{name}', bound to the type '{_types[name].FullName}'.");
        }
    }

    public bool Contains(string name) => _types.ContainsKey(name);
}
