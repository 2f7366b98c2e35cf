using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace ModelOps.ServiceDefaults.Errors;

/// <summary>
/// Writes a refusal as the richer error model of gRPC: a google.rpc.Status with BadRequest and RetryInfo in the trailer
/// <c>grpc-status-details-bin</c>, which the clients of every language can read. The messages are written field by field,
/// since the package with their generated classes is not needed for anything else.
/// </summary>
internal static class RpcErrorDetails
{
    private const string Trailer = "grpc-status-details-bin";
    private const string TypePrefix = "type.googleapis.com/google.rpc.";

    public static Metadata Trailers(Refusal refusal)
    {
        var details = new List<byte[]>(2);
        if (refusal.Field is { } field)
        {
            var violation = Message(output => output.String(1, field).String(2, refusal.Message));
            details.Add(Any("BadRequest", Message(output => output.Bytes(1, violation))));
        }
        if (refusal.RetryAfter is { } delay)
        {
            details.Add(Any("RetryInfo", Message(output => output.Bytes(1, Duration.FromTimeSpan(delay).ToByteArray()))));
        }
        if (details.Count == 0)
        {
            return [];
        }

        var status = Message(output =>
        {
            output.Int32(1, (int)refusal.Kind.ToGrpc()).String(2, refusal.Detail);
            foreach (var detail in details)
            {
                output.Bytes(3, detail);
            }
        });
        return new Metadata { { Trailer, status } };
    }

    private static byte[] Any(string type, byte[] value) =>
        Message(output => output.String(1, TypePrefix + type).Bytes(2, value));

    private static byte[] Message(Action<Fields> write)
    {
        using var buffer = new MemoryStream();
        using (var output = new CodedOutputStream(buffer, leaveOpen: true))
        {
            write(new Fields(output));
        }
        return buffer.ToArray();
    }

    private readonly struct Fields(CodedOutputStream output)
    {
        public Fields Int32(int number, int value)
        {
            output.WriteTag(number, WireFormat.WireType.Varint);
            output.WriteInt32(value);
            return this;
        }

        public Fields String(int number, string value)
        {
            output.WriteTag(number, WireFormat.WireType.LengthDelimited);
            output.WriteString(value);
            return this;
        }

        public Fields Bytes(int number, byte[] value)
        {
            output.WriteTag(number, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(UnsafeByteOperations.UnsafeWrap(value));
            return this;
        }
    }
}
