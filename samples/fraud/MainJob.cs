using ModelOps.Samples.Fraud.Steps;

namespace ModelOps.Samples.Fraud;

/// <summary>The main job: the whole loop, every step through the public gateway as an outside client would.</summary>
public sealed class MainJob(SampleFiles sample, GatewayStartup startup, StepTable steps, TimeProvider clock)
{
    /// <summary>Runs every step, up to the first that does not hold.</summary>
    /// <returns>True when every step held.</returns>
    public async Task<bool> RunAsync(CancellationToken ct)
    {
        var key = "";
        var model = FraudModel.Name;
        await steps.RunAsync("gateway is up", async evidence =>
        {
            await startup.WaitAsync(ct);
            key = await startup.ReadAdminKeyAsync(ct);
            evidence["model"] = model = await FindFreeNameAsync(key, ct);
        });

        using var gateway = new GatewayClient(startup.Gateway, key);
        await using var labels = new LateLabels(gateway, clock);
        var job = new JobContext(gateway, new LiveTraffic(gateway, labels, model, clock), labels, model, sample, clock);
        await RunLoopAsync(job, ct);
        return await steps.FinishAsync(ct);
    }

    private async Task RunLoopAsync(JobContext job, CancellationToken ct)
    {
        var (first, better) = (0L, 0L);
        await steps.RunAsync("1 features", evidence => FeatureStep.RunAsync(job, evidence, ct));
        await steps.RunAsync("2 first version", async evidence => first = await FirstVersionStep.RunAsync(job, evidence, ct));
        await steps.RunAsync("3 live traffic", evidence => LiveTrafficStep.RunAsync(job, first, evidence, ct));
        await steps.RunAsync("4 canary, promoted", async evidence => better = await BetterVersionStep.RunAsync(job, evidence, ct));
        await steps.RunAsync("5 bad, rolled back", evidence => BadVersionStep.RunAsync(job, evidence, ct));
        await steps.RunAsync("6 drift, retrained", evidence => DriftStep.RunAsync(job, better, evidence, ct));
        await steps.RunAsync("7 nothing lost", evidence => NothingLostStep.RunAsync(job, evidence, ct));
    }

    /// <summary>A model keeps its versions: a later run on the same data folder takes the next free name.</summary>
    private async Task<string> FindFreeNameAsync(string key, CancellationToken ct)
    {
        using var gateway = new GatewayClient(startup.Gateway, key);
        var name = FraudModel.Name;
        for (var run = 2; await gateway.HasModelAsync(name, ct); run++)
        {
            name = $"{FraudModel.Name}-{run}";
        }
        return name;
    }
}
