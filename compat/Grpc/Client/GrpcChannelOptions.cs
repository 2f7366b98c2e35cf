using Grpc.Core;
using Grpc.Net.Compression;
using Grpc.Wire;
using Microsoft.Extensions.Logging;

namespace Grpc.Net.Client;

/// <summary>How a channel makes its calls.</summary>
public sealed class GrpcChannelOptions
{
    public GrpcChannelOptions()
    {
    }

    /// <summary>Must fit the scheme of the address; call credentials inside go with every call.</summary>
    public ChannelCredentials? Credentials { get; set; }

    /// <summary>In bytes; null, the default, sets no limit.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>In bytes, also after decompression; 4 MiB unless said, null for no limit.</summary>
    public int? MaxReceiveMessageSize { get; set; } = WireNames.DefaultMaxReceiveMessageSize;

    /// <summary>gzip and deflate unless said.</summary>
    public IList<ICompressionProvider>? CompressionProviders { get; set; }

    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>Makes the HTTP calls; not together with <see cref="HttpHandler"/>.</summary>
    public HttpClient? HttpClient { get; set; }

    /// <summary>Makes the HTTP calls; not together with <see cref="HttpClient"/>.</summary>
    public HttpMessageHandler? HttpHandler { get; set; }

    /// <summary>Whether the channel disposes of the client or handler it was given. One it made itself always goes with it.</summary>
    public bool DisposeHttpClient { get; set; }

    /// <summary>
    /// Whether a cancelled call, or one past its deadline, throws <see cref="OperationCanceledException"/> instead of <see cref="RpcException"/>.
    /// </summary>
    public bool ThrowOperationCanceledOnCancellation { get; set; }

    /// <summary>Whether call credentials also go over connections without TLS.</summary>
    public bool UnsafeUseInsecureChannelCallCredentials { get; set; }

    public IServiceProvider? ServiceProvider { get; set; }

    /// <summary>2.0 unless said.</summary>
    public Version? HttpVersion { get; set; }

    public HttpVersionPolicy? HttpVersionPolicy { get; set; }
}
