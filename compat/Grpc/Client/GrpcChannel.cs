using System.Collections.Concurrent;
using System.Net;
using Grpc.Core;
using Grpc.Net.Client.Calls;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>Calls to one address, over connections they share. Make few and keep them.</summary>
public sealed class GrpcChannel : ChannelBase, IDisposable
{
    private readonly Uri _address;
    private readonly HttpMessageInvoker _http;
    private readonly bool _disposeHttp;
    private readonly CancellationTokenSource _disposal = new();
    private readonly ConcurrentDictionary<string, MethodAddress> _methods = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Compressor> _compressors = new(StringComparer.Ordinal);
    private bool _disposed;

    private GrpcChannel(Uri address, GrpcChannelOptions options)
        : base(address.Authority)
    {
        if (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps)
        {
            throw new InvalidOperationException($"No address resolver configured for the scheme '{address.Scheme}'.");
        }
        _address = address;
        IsSecure = address.Scheme == Uri.UriSchemeHttps;
        Options = options;
        Credentials = ChannelCallCredentials.Of(options.Credentials, IsSecure);
        Version = options.HttpVersion ?? HttpVersion.Version20;
        VersionPolicy = options.HttpVersionPolicy ?? HttpVersionPolicy.RequestVersionExact;
        foreach (var provider in options.CompressionProviders ?? DefaultCompression.Providers)
        {
            _compressors.TryAdd(provider.EncodingName, new Compressor(provider, level: null));
        }
        AcceptedEncodings = string.Join(',', _compressors.Keys.Prepend(WireNames.Identity));
        Closing = _disposal.Token;
        (_http, _disposeHttp) = MakeInvoker(options);
    }

    internal GrpcChannelOptions Options { get; }

    internal bool IsSecure { get; }

    /// <summary>Fires when the channel is disposed of, so that its calls end with it.</summary>
    internal CancellationToken Closing { get; }

    internal IReadOnlyList<CallCredentials> Credentials { get; }

    internal Version Version { get; }

    internal HttpVersionPolicy VersionPolicy { get; }

    internal string AcceptedEncodings { get; }

    public static GrpcChannel ForAddress(string address) => ForAddress(address, new GrpcChannelOptions());

    public static GrpcChannel ForAddress(string address, GrpcChannelOptions channelOptions)
    {
        ArgumentNullException.ThrowIfNull(address);
        return ForAddress(new Uri(address), channelOptions);
    }

    public static GrpcChannel ForAddress(Uri address) => ForAddress(address, new GrpcChannelOptions());

    public static GrpcChannel ForAddress(Uri address, GrpcChannelOptions channelOptions)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(channelOptions);
        if (channelOptions is { HttpClient: not null, HttpHandler: not null })
        {
            throw new ArgumentException(
                "HttpClient and HttpHandler have been configured. Only one HTTP caller can be specified.", nameof(channelOptions));
        }
        return new GrpcChannel(address, channelOptions);
    }

    public override CallInvoker CreateCallInvoker()
    {
        ThrowIfDisposed();
        return new HttpClientCallInvoker(this);
    }

    /// <summary>Ends the channel and every call on it.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }
        _disposed = true;
        _disposal.Cancel();
        if (_disposeHttp)
        {
            _http.Dispose();
        }
        _disposal.Dispose();
    }

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed, this);

    internal Compressor? FindCompressor(string encoding) => _compressors.GetValueOrDefault(encoding);

    internal MethodAddress AddressOf(IMethod method) =>
        _methods.TryGetValue(method.FullName, out var known)
            ? known
            : _methods.GetOrAdd(method.FullName, static (_, state) => MethodAddress.Of(state._address, state.method), (_address, method));

    internal Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        // An HttpClient would otherwise read the whole response before it answers.
        return _http is HttpClient client ? client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct) : _http.SendAsync(request, ct);
    }

    protected override Task ShutdownAsyncCore()
    {
        Dispose();
        return Task.CompletedTask;
    }

    private static (HttpMessageInvoker Invoker, bool Dispose) MakeInvoker(GrpcChannelOptions options)
    {
        if (options.HttpClient is not null)
        {
            return (options.HttpClient, options.DisposeHttpClient);
        }
        return options.HttpHandler is not null
            ? (new HttpMessageInvoker(options.HttpHandler, options.DisposeHttpClient), true)
            : (new HttpMessageInvoker(DefaultHttpHandler.Create(), disposeHandler: true), true);
    }
}
