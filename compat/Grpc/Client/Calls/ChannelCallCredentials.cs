using Grpc.Core;

namespace Grpc.Net.Client.Calls;

/// <summary>Takes channel credentials apart: TLS must fit the address, call credentials are kept for the calls.</summary>
internal sealed class ChannelCallCredentials : ChannelCredentialsConfiguratorBase
{
    private readonly List<CallCredentials> _credentials = [];
    private bool _secure;

    public static IReadOnlyList<CallCredentials> Of(ChannelCredentials? credentials, bool secureAddress)
    {
        if (credentials is null)
        {
            return [];
        }
        var parts = new ChannelCallCredentials();
        credentials.InternalPopulateConfiguration(parts, parts);
        if (parts._secure != secureAddress)
        {
            throw new InvalidOperationException(secureAddress
                ? "Channel is configured with insecure channel credentials and can't use a HttpClient with a 'https' scheme."
                : "Channel is configured with secure channel credentials and can't use a HttpClient with a 'http' scheme.");
        }
        return parts._credentials;
    }

    public override void SetInsecureCredentials(object state) => _secure = false;

    public override void SetSslCredentials(
        object state, string? rootCertificates, KeyCertificatePair? keyCertificatePair, VerifyPeerCallback? verifyPeerCallback)
    {
        if (rootCertificates is not null || keyCertificatePair is not null || verifyPeerCallback is not null)
        {
            throw new InvalidOperationException("Certificates are configured on the HTTP handler of the channel, not on SslCredentials.");
        }
        _secure = true;
    }

    public override void SetCompositeCredentials(object state, ChannelCredentials channelCredentials, CallCredentials callCredentials)
    {
        _credentials.Add(callCredentials);
        channelCredentials.InternalPopulateConfiguration(this, state);
    }
}
