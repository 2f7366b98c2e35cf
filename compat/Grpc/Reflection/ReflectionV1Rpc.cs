using Grpc.Core;
using Grpc.Reflection.V1;

namespace Grpc.Reflection;

internal sealed class ReflectionV1Rpc(ReflectionAnswers answers) : ServerReflection.ServerReflectionBase
{
    public override async Task ServerReflectionInfo(
        IAsyncStreamReader<ServerReflectionRequest> requestStream,
        IServerStreamWriter<ServerReflectionResponse> responseStream,
        ServerCallContext context)
    {
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken).ConfigureAwait(false))
        {
            await responseStream.WriteAsync(answers.To(request), context.CancellationToken).ConfigureAwait(false);
        }
    }
}
