using System.Buffers;
using System.Net;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client.Calls;

/// <summary>The HTTP request of a call, and what may be wrong with the response.</summary>
internal sealed partial class GrpcCall<TRequest, TResponse>
{
    private static readonly string UserAgent = $"grpc-dotnet-compat/2.76.0 (.NET {Environment.Version})";

    private async ValueTask<HttpRequestMessage> MakeRequestAsync(HttpContent content)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Address.CallUri)
        {
            Version = Channel.Version,
            VersionPolicy = Channel.VersionPolicy,
        };
        var headers = request.Headers;
        headers.TryAddWithoutValidation("User-Agent", UserAgent);
        headers.TryAddWithoutValidation("TE", "trailers");
        headers.TryAddWithoutValidation(WireNames.AcceptEncoding, Channel.AcceptedEncodings);
        if (Options.Headers is { Count: > 0 } metadata)
        {
            AddMetadata(request, metadata);
        }
        if (Channel.Credentials.Count > 0 || Options.Credentials is not null)
        {
            await AddCredentialsAsync(request).ConfigureAwait(false);
        }
        if (Options.Deadline is { } deadline && deadline != DateTime.MaxValue)
        {
            headers.TryAddWithoutValidation(WireNames.Timeout, WireTimeout.Format(Remaining(deadline)));
        }
        // Only now is it known whether messages are compressed.
        request.Content = content is UnaryContent<TRequest, TResponse> unary ? unary.Buffered() : content;
        request.Content.Headers.TryAddWithoutValidation("Content-Type", WireNames.ContentType);
        return request;
    }

    private void AddMetadata(HttpRequestMessage request, Metadata metadata)
    {
        foreach (var entry in metadata)
        {
            if (entry.HasKey(WireNames.EncodingRequest))
            {
                if (entry.Value != WireNames.Identity)
                {
                    RequestCompressor = Channel.FindCompressor(entry.Value)
                        ?? throw new InvalidOperationException($"Could not find compression provider for '{entry.Value}'.");
                    request.Headers.TryAddWithoutValidation(WireNames.Encoding, entry.Value);
                }
            }
            else if (!WireNames.IsReserved(entry.Key))
            {
                request.Headers.TryAddWithoutValidation(entry.Key, entry.WireValue);
            }
        }
    }

    private async Task AddCredentialsAsync(HttpRequestMessage request)
    {
        if (!Channel.IsSecure && !Channel.Options.UnsafeUseInsecureChannelCallCredentials)
        {
            // As the public package: credentials never go over a connection that anyone could read.
            return;
        }
        var context = new AuthInterceptorContext(Address.ServiceUrl, method.Name, StopToken);
        var credentials = Options.Credentials is null ? Channel.Credentials : Channel.Credentials.Append(Options.Credentials);
        foreach (var interceptor in credentials.SelectMany(AuthInterceptors.Of))
        {
            var metadata = new Metadata();
            await interceptor(context, metadata).ConfigureAwait(false);
            AddMetadata(request, metadata);
        }
    }

    private static void ThrowIfNotGrpc(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw Failures.Of(ClientFailures.CodeOfHttp(response.StatusCode), $"Bad gRPC response. HTTP status code: {(int)response.StatusCode}");
        }
        var contentType = ResponseMetadata.FirstValue(response.Content.Headers, "Content-Type");
        if (!WireNames.IsGrpcContentType(contentType))
        {
            throw Failures.Of(StatusCode.Unknown, contentType is null
                ? "Bad gRPC response. Response did not have a content-type header."
                : $"Bad gRPC response. Invalid content-type value: {contentType}");
        }
    }

    private TResponse Deserialize(StreamFrameReader reader)
    {
        try
        {
            _messageReceived = true;
            if (!reader.Compressed)
            {
                return PayloadReader.Deserialize(method.ResponseMarshaller.ContextualDeserializer, reader.Payload);
            }
            using var plain = ResponseCompressor().Decompress(reader.Payload, Channel.Options.MaxReceiveMessageSize);
            return PayloadReader.Deserialize(method.ResponseMarshaller.ContextualDeserializer, new ReadOnlySequence<byte>(plain.Memory));
        }
        catch (Exception e) when (e is not RpcException)
        {
            throw new RpcException(new Status(StatusCode.Internal, "Failed to deserialize response message.", e));
        }
    }

    private Compressor ResponseCompressor()
    {
        var encoding = ResponseMetadata.FirstValue(_response!.Headers, WireNames.Encoding);
        if (encoding is null or WireNames.Identity)
        {
            throw Failures.Of(StatusCode.Internal, "Response did not include grpc-encoding value with compressed message.");
        }
        return Channel.FindCompressor(encoding)
            ?? throw Failures.UnknownEncoding(StatusCode.Internal, encoding, Channel.AcceptedEncodings);
    }
}
