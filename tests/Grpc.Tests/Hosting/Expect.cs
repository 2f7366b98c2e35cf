using Grpc.Core;

namespace ModelOps.Grpc.Tests.Hosting;

/// <summary>What tests expect of calls; nothing waits longer than 20 s.</summary>
internal static class Expect
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>The exception of a call that must fail with that code.</summary>
    public static async Task<RpcException> FailureAsync(StatusCode code, Task call)
    {
        var exception = await Assert.ThrowsAsync<RpcException>(() => call.WaitAsync(Patience));
        Assert.True(code == exception.StatusCode, $"expected {code}, got {exception.Status}");
        return exception;
    }

    /// <inheritdoc cref="FailureAsync(StatusCode, Task)"/>
    public static async Task<RpcException> FailureAsync<T>(StatusCode code, AsyncUnaryCall<T> call)
    {
        using (call)
        {
            return await FailureAsync(code, call.ResponseAsync);
        }
    }
}
