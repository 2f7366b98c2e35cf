using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ModelOps.Contracts.OpenInference;
using ModelOps.Inference.OpenInference;
using ModelOps.Inference.Tests.Support;

namespace ModelOps.Inference.Tests.Models;

/// <summary>Memory a request costs beside what gRPC itself takes; a regression shows here before it shows as time.</summary>
[Collection(Serving.Name)]
public sealed class AllocationTests(Serving serving)
{
    private const int Calls = 2_000;
    private const int MostBytesPerCall = 3_000;

    [Fact]
    public void A_raw_request_of_one_row_allocates_little()
    {
        var handler = serving.App.Services.GetRequiredService<InferHandler>();
        var request = Requests.Of("mlp", Requests.Tensor("input", "FP32", 1, 30)).Raw(new byte[120]);
        Run(handler, request); // fills caches and pools

        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(handler, request);
        var perCall = (GC.GetAllocatedBytesForCurrentThread() - before) / Calls;

        Assert.InRange(perCall, 1, MostBytesPerCall);
    }

    private static void Run(InferHandler handler, ModelInferRequest request)
    {
        var http = new DefaultHttpContext();
        for (var i = 0; i < Calls; i++)
        {
            var answered = handler.HandleAsync(request, http, CancellationToken.None);
            Assert.True(answered.IsCompletedSuccessfully, "with a free turn a request runs on its caller's thread");
        }
    }
}
