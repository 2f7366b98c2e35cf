using System.IO.Compression;
using Grpc.Net.Compression;
using Grpc.Wire;

namespace Grpc.AspNetCore.Server;

/// <summary>How services are run.</summary>
public class GrpcServiceOptions
{
    private IList<ICompressionProvider>? _compressionProviders;
    private int? _maxReceiveMessageSize = WireNames.DefaultMaxReceiveMessageSize;

    /// <summary>In bytes; null, the default, sets no limit.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>In bytes, also after decompression; 4 MiB unless said, null for no limit.</summary>
    public int? MaxReceiveMessageSize
    {
        get => _maxReceiveMessageSize;
        set
        {
            _maxReceiveMessageSize = value;
            MaxReceiveMessageSizeSpecified = true;
        }
    }

    /// <summary>Whether the texts of exceptions that handlers throw reach the caller. Off unless said.</summary>
    public bool? EnableDetailedErrors { get; set; }

    /// <summary>What responses are compressed with when the caller accepts it; null for not at all.</summary>
    public string? ResponseCompressionAlgorithm { get; set; }

    public CompressionLevel? ResponseCompressionLevel { get; set; }

    /// <summary>gzip and deflate unless changed.</summary>
    public IList<ICompressionProvider> CompressionProviders
    {
        get => _compressionProviders ??= [];
        set => _compressionProviders = value;
    }

    /// <summary>The first one added sees a call first.</summary>
    public InterceptorCollection Interceptors { get; } = [];

    /// <summary>Leaves calls of services nobody mapped to other endpoints, as a proxy needs it, instead of answering Unimplemented.</summary>
    public bool? IgnoreUnknownServices { get; set; }

    internal bool MaxReceiveMessageSizeSpecified { get; private set; }

    internal IEnumerable<ICompressionProvider> ConfiguredProviders => _compressionProviders ?? [];

    internal bool ProvidersSpecified => _compressionProviders is { Count: > 0 };
}

/// <summary>What differs for one service from <see cref="GrpcServiceOptions"/>.</summary>
public class GrpcServiceOptions<TService> : GrpcServiceOptions
    where TService : class
{
}
