namespace ModelOps.Gateway.Edge;

/// <summary>How a caller expects to be told of an error.</summary>
internal enum Dialect
{
    /// <summary>application/problem+json.</summary>
    Problem,

    /// <summary>The Open Inference Protocol's {"error": "..."}.</summary>
    OpenInference,

    /// <summary>A gRPC status.</summary>
    Grpc,
}

/// <summary>Tells the dialect of a call.</summary>
internal static class Dialects
{
    /// <summary>gRPC by its content type, the Open Inference Protocol by its path, problem+json for all else.</summary>
    public static Dialect Of(HttpRequest request) =>
        IsGrpc(request.ContentType) ? Dialect.Grpc
        : request.Path.StartsWithSegments("/v2", StringComparison.Ordinal) ? Dialect.OpenInference
        : Dialect.Problem;

    /// <summary>True for application/grpc and its variants, not for grpc-web.</summary>
    public static bool IsGrpc(string? contentType)
    {
        const string Grpc = "application/grpc";
        return contentType is not null && contentType.StartsWith(Grpc, StringComparison.OrdinalIgnoreCase)
            && (contentType.Length == Grpc.Length || contentType[Grpc.Length] is '+' or ';' or ' ');
    }
}
