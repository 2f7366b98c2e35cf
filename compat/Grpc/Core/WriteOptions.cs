namespace Grpc.Core;

/// <summary>Hints for one message or all that follow.</summary>
[Flags]
public enum WriteFlags
{
    /// <summary>The message may wait for the next one before it is sent.</summary>
    BufferHint = 0x1,

    /// <summary>The message is sent uncompressed even when the call compresses.</summary>
    NoCompress = 0x2,
}

/// <summary>How messages are written to a stream.</summary>
public class WriteOptions
{
    public static readonly WriteOptions Default = new();

    public WriteOptions(WriteFlags flags = default) => Flags = flags;

    public WriteFlags Flags { get; }
}
