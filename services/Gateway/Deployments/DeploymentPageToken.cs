using System.Buffers.Text;
using System.Text;

namespace ModelOps.Gateway.Deployments;

/// <summary>Where a page of deployments begins: after a model and environment.</summary>
internal static class DeploymentPageToken
{
    private const char Separator = '\n';

    /// <summary>The token of the page after a deployment.</summary>
    public static string After(Deployment last) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{last.Key.Model}{Separator}{last.Key.Environment}"));

    /// <summary>Reads a token; the empty one is the first page's.</summary>
    public static bool TryRead(string token, out (string Model, string Environment) after)
    {
        after = ("", "");
        if (token.Length == 0)
        {
            return true;
        }
        if (token.Length > 512 || !Base64Url.IsValid(token))
        {
            return false;
        }
        var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)).Split(Separator);
        if (parts.Length != 2 || parts.Any(part => part.Contains('\0', StringComparison.Ordinal)))
        {
            return false;
        }
        after = (parts[0], parts[1]);
        return true;
    }
}
