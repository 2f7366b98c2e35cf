namespace ModelOps.Bench.Measuring;

/// <summary>What a process has used so far, or over some time.</summary>
/// <param name="Allocated">Bytes.</param>
/// <param name="Cpu">Processor time of all its threads.</param>
internal readonly record struct Usage(long Allocated, TimeSpan Cpu)
{
    public static Usage OfThisProcess() => new(GC.GetTotalAllocatedBytes(precise: true), Environment.CpuUsage.TotalTime);

    public static Usage operator -(Usage after, Usage before) => new(after.Allocated - before.Allocated, after.Cpu - before.Cpu);
}
