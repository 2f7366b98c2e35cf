using System.Security.Cryptography.X509Certificates;
using System.Text;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>What a caller's certificate proves.</summary>
internal static class PeerIdentity
{
    private const string AlternativeName = "x509_subject_alternative_name";
    private const string CommonName = "x509_common_name";

    public static AuthContext Of(ConnectionInfo connection)
    {
        var properties = new Dictionary<string, List<AuthProperty>>(StringComparer.Ordinal);
        if (connection.ClientCertificate is not { } certificate)
        {
            return new AuthContext(null, properties);
        }
        var alternatives = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(names => names.EnumerateDnsNames())
            .ToList();
        if (alternatives.Count > 0)
        {
            properties[AlternativeName] = [.. alternatives.Select(name => AuthProperty.Create(AlternativeName, Encoding.UTF8.GetBytes(name)))];
        }
        var common = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        if (!string.IsNullOrEmpty(common))
        {
            properties[CommonName] = [AuthProperty.Create(CommonName, Encoding.UTF8.GetBytes(common))];
        }
        var identity = alternatives.Count > 0 ? AlternativeName : properties.ContainsKey(CommonName) ? CommonName : null;
        return new AuthContext(identity, properties);
    }
}
