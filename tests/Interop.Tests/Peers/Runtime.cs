using System.Reflection;
using ModelOps.Interop.V1;

namespace ModelOps.Interop.Peers;

/// <summary>How the scripts of a peer are started.</summary>
/// <param name="Program">The interpreter.</param>
/// <param name="Package">What to install when it is missing.</param>
/// <param name="Script">The peer, in this project's folder.</param>
/// <param name="Contract">The file that tells the peer of the service.</param>
internal sealed record Runtime(string Program, string Package, string Script, string Contract)
{
    private static readonly string Folder = typeof(Runtime).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "InteropFolder").Value!;

    public static Runtime Node { get; } = new(
        "node", "Node.js 20 or later (Debian package nodejs)", Path.Combine(Folder, "node/peer.mjs"), Path.Combine(Folder, "Protos/echo.proto"));

    public static Runtime Python { get; } = new(
        "/usr/bin/python3", "Debian package python3-grpcio", Path.Combine(Folder, "python/peer.py"), WriteDescriptor());

    /// <summary>Python has no .proto compiler here; it builds its messages from the compiled descriptor.</summary>
    private static string WriteDescriptor()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "echo.descriptor");
        File.WriteAllBytes(path, EchoReflection.Descriptor.SerializedData.ToByteArray());
        return path;
    }
}
