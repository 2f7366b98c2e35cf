using Grpc.Core;

namespace Grpc.Wire;

/// <summary>What both sides say about messages they cannot take.</summary>
internal static class Failures
{
    public static RpcException ReceivedTooLarge() =>
        Of(StatusCode.ResourceExhausted, "Received message exceeds the maximum configured message size.");

    public static RpcException SendingTooLarge() =>
        Of(StatusCode.ResourceExhausted, "Sending message exceeds the maximum configured message size.");

    public static RpcException Incomplete() => Of(StatusCode.Internal, "Incomplete message.");

    public static RpcException BadFlag(byte flag) => Of(StatusCode.Internal, $"Unexpected compressed flag value in message header: {flag}.");

    public static RpcException CompressedWithoutEncoding() =>
        Of(StatusCode.Internal, "Request did not include grpc-encoding value with compressed message.");

    public static RpcException UnknownEncoding(StatusCode code, string encoding, string accepted) =>
        Of(code, $"Unsupported grpc-encoding value '{encoding}'. Supported encodings: {accepted}");

    public static RpcException CannotDecompress(string encoding, Exception cause) =>
        new(new Status(StatusCode.Internal, $"A message could not be decompressed as {encoding}.", cause));

    public static RpcException Of(StatusCode code, string detail) => new(new Status(code, detail));
}
