using System.Threading.Channels;
using Grpc.Core;
using Microsoft.Extensions.Options;
using ModelOps.Contracts.OpenInference;

namespace ModelOps.Inference.OpenInference;

/// <summary>Answers a stream of inference requests: several run at the same time, their answers come in the order of the requests.</summary>
internal sealed class StreamInferHandler(InferHandler infer, IOptions<ProtocolOptions> options)
{
    private const string FinalResponse = "triton_final_response";

    /// <summary>Answers requests until their stream ends. One that fails has its error in its answer; the stream goes on.</summary>
    /// <param name="requests">The requests.</param>
    /// <param name="answers">Where the answers go.</param>
    /// <param name="headers">What the Gateway decided about the stream.</param>
    /// <param name="ct">The caller.</param>
    public async Task RunAsync(
        IAsyncStreamReader<ModelInferRequest> requests, IServerStreamWriter<ModelStreamInferResponse> answers, CallHeaders headers, CancellationToken ct)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var pending = Channel.CreateBounded<Task<ModelStreamInferResponse>>(options.Value.MaxStreamRequests);
        var reading = ReadAsync(requests, pending.Writer, headers, ended.Token);
        try
        {
            await foreach (var answer in pending.Reader.ReadAllAsync(ct))
            {
                await answers.WriteAsync(await answer, ct);
            }
        }
        finally
        {
            // Nothing of a call goes on after it: requests hold models.
            await ended.CancelAsync();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (pending.Reader.TryRead(out var left))
            {
                await ((Task)left).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ReadAsync(
        IAsyncStreamReader<ModelInferRequest> requests, ChannelWriter<Task<ModelStreamInferResponse>> pending, CallHeaders headers, CancellationToken ct)
    {
        try
        {
            for (var index = 0L; await requests.MoveNext(ct); index++)
            {
                var request = requests.Current;
                await pending.WaitToWriteAsync(ct);
                await pending.WriteAsync(AnswerAsync(request, headers.OfRequest(request.ModelName, index), ct), ct);
            }
            pending.Complete();
        }
        catch (Exception e)
        {
            // Whoever writes the answers ends the call with it.
            pending.Complete(e);
        }
    }

    private async Task<ModelStreamInferResponse> AnswerAsync(ModelInferRequest request, CallHeaders headers, CancellationToken ct)
    {
        var outcome = await infer.HandleAsync(request, headers, response: null, ct);
        var answer = outcome.Succeeded
            ? new ModelStreamInferResponse { InferResponse = outcome.Value }
            : new ModelStreamInferResponse { ErrorMessage = outcome.Refusal.Detail, InferResponse = new() { Id = request.Id } };
        if (InferParameterRules.WantsFinalMark(request.Parameters))
        {
            answer.InferResponse.Parameters[FinalResponse] = new() { BoolParam = true };
        }
        return answer;
    }
}
