namespace Grpc.Wire;

/// <summary>Part of a message is in the output and the rest will not come: only a reset of the stream can follow.</summary>
internal sealed class BrokenFrameException(Exception cause) : Exception("The message could not be written whole.", cause);
