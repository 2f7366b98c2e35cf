using Grpc.Core;

namespace Grpc.Wire;

/// <summary>Metadata as headers.</summary>
internal static class WireMetadata
{
    /// <summary>Adds one received header. A binary header may hold several values with commas between them, padded or not.</summary>
    public static void AddReceived(Metadata metadata, string name, string value)
    {
        if (WireNames.IsReserved(name))
        {
            return;
        }
        if (!Metadata.Entry.HasBinarySuffix(name))
        {
            metadata.Add(Metadata.Entry.FromWire(name, value));
            return;
        }
        foreach (var part in value.Split(','))
        {
            metadata.Add(Metadata.Entry.FromWire(name, DecodeBase64(name, part.Trim())));
        }
    }

    private static byte[] DecodeBase64(string name, string text)
    {
        var padded = (text.Length % 4) switch
        {
            2 => text + "==",
            3 => text + "=",
            _ => text,
        };
        try
        {
            return Convert.FromBase64String(padded);
        }
        catch (FormatException e)
        {
            throw new RpcException(new Status(StatusCode.Internal, $"The value of the binary header {name} is not base64.", e));
        }
    }
}
