using System.Buffers;

namespace Grpc.Core;

/// <summary>Where a marshaller puts a message: a buffer it owns, or the transport's own writer.</summary>
public abstract class SerializationContext
{
    /// <summary>Ends the message with these bytes; the caller gives them away.</summary>
    public virtual void Complete(byte[] payload) => throw new NotSupportedException();

    /// <summary>The writer to put the message in; ended by <see cref="Complete()"/>.</summary>
    public virtual IBufferWriter<byte> GetBufferWriter() => throw new NotSupportedException();

    /// <summary>Says before the first write how long the message will be, so that nothing needs to be copied.</summary>
    public virtual void SetPayloadLength(int payloadLength)
    {
        // A context that cannot use the hint works without it.
    }

    /// <summary>Ends a message that was put in the writer.</summary>
    public virtual void Complete() => throw new NotSupportedException();
}
