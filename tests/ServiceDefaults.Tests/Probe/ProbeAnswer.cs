using Grpc.Core;

namespace ModelOps.ServiceDefaults.Tests.Probe;

internal delegate Task<AskReply> ProbeAnswer(AskRequest request, ServerCallContext context);
