namespace ModelOps.Inference.Models;

/// <summary>What a request asks of the queue, as it wrote it; the version's configuration decides what of it counts.</summary>
/// <param name="Priority">Level of priority, 1 is the highest; 0: none is named.</param>
/// <param name="TimeoutMicroseconds">How long it may wait for its run; 0: it does not say.</param>
internal readonly record struct InferParameters(ulong Priority, long TimeoutMicroseconds);
