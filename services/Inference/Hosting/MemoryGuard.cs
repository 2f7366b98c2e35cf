using Microsoft.Extensions.Options;

namespace ModelOps.Inference.Hosting;

/// <summary>Some models let a caller choose how much memory a run takes: the process limits itself before it serves any.</summary>
internal sealed class MemoryGuard(IOptions<MemoryOptions> options) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        ProcessLimits.LimitMemory((ulong)(options.Value.MaxProcessBytes ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 * 3));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
