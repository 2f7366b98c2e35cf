using Grpc.Wire;

namespace Grpc.AspNetCore.Server.Binding;

/// <summary>The options of one service, settled once when it is mapped.</summary>
internal sealed class MethodOptions
{
    private readonly Dictionary<string, Compressor> _compressors = new(StringComparer.Ordinal);

    /// <param name="all">Options of every service.</param>
    /// <param name="service">Options of this one.</param>
    /// <param name="singleton">Finds what the container holds once for all.</param>
    public MethodOptions(GrpcServiceOptions all, GrpcServiceOptions service, Func<Type, object?> singleton)
    {
        Singleton = singleton;
        MaxSendMessageSize = service.MaxSendMessageSize ?? all.MaxSendMessageSize;
        MaxReceiveMessageSize = service.MaxReceiveMessageSizeSpecified ? service.MaxReceiveMessageSize : all.MaxReceiveMessageSize;
        EnableDetailedErrors = service.EnableDetailedErrors ?? all.EnableDetailedErrors ?? false;
        ResponseCompressionAlgorithm = service.ResponseCompressionAlgorithm ?? all.ResponseCompressionAlgorithm;
        Interceptors = [.. all.Interceptors, .. service.Interceptors];
        var level = service.ResponseCompressionLevel ?? all.ResponseCompressionLevel;
        var providers = service.ProvidersSpecified ? service.ConfiguredProviders : all.ConfiguredProviders;
        if (!service.ProvidersSpecified && !all.ProvidersSpecified)
        {
            providers = DefaultCompression.Providers;
        }
        foreach (var provider in providers)
        {
            _compressors.TryAdd(provider.EncodingName, new Compressor(provider, level));
        }
        if (ResponseCompressionAlgorithm is { } name && name != WireNames.Identity && !_compressors.ContainsKey(name))
        {
            throw new InvalidOperationException(
                $"The configured response compression algorithm '{name}' does not have a matching compression provider.");
        }
        AcceptedEncodings = string.Join(',', _compressors.Keys.Prepend(WireNames.Identity));
    }

    /// <summary>Finds what the container holds once for all.</summary>
    public Func<Type, object?> Singleton { get; }

    public int? MaxSendMessageSize { get; }

    public int? MaxReceiveMessageSize { get; }

    public bool EnableDetailedErrors { get; }

    public string? ResponseCompressionAlgorithm { get; }

    public IReadOnlyList<InterceptorRegistration> Interceptors { get; }

    /// <summary>As the <c>grpc-accept-encoding</c> header says it.</summary>
    public string AcceptedEncodings { get; }

    public Compressor? FindCompressor(string encoding) => _compressors.GetValueOrDefault(encoding);
}
