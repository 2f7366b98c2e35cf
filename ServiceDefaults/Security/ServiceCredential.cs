using System.Net.Http.Headers;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace ModelOps.ServiceDefaults.Security;

/// <summary>Puts the application's credential, and who is behind the call, on calls to other services.</summary>
public sealed class ServiceCredential(IOptions<ServiceCredentialOptions> options)
{
    private const string Authorization = "authorization";

    private string Bearer => $"Bearer {options.Value.Key}";

    /// <summary>Stamps a request that goes to another service; what the caller had sent of the kind is taken off.</summary>
    /// <param name="headers">Headers of the outgoing request.</param>
    /// <param name="actor">Who is behind the call.</param>
    public void Stamp(HttpRequestHeaders headers, string actor)
    {
        ArgumentNullException.ThrowIfNull(headers);
        ArgumentNullException.ThrowIfNull(actor);
        headers.Remove(BearerToken.ApiKeyHeader);
        headers.Remove(ActorName.Header);
        headers.Remove(Authorization);
        headers.TryAddWithoutValidation(Authorization, Bearer);
        headers.TryAddWithoutValidation(ActorName.Header, ActorName.Encode(actor));
    }

    /// <summary>The metadata of a gRPC call with the credential, and with the actor unless the caller named one.</summary>
    internal Metadata Stamp(Metadata? given, string actor)
    {
        var stamped = new Metadata();
        foreach (var entry in given ?? [])
        {
            if (entry.Key != Authorization)
            {
                stamped.Add(entry);
            }
        }
        stamped.Add(Authorization, Bearer);
        if (stamped.Get(ActorName.Header) is null)
        {
            stamped.Add(ActorName.Header, ActorName.Encode(actor));
        }
        return stamped;
    }
}
