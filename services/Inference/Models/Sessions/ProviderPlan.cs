namespace ModelOps.Inference.Models.Sessions;

/// <summary>Which providers are worth trying, and why the others are not.</summary>
/// <param name="Providers">Most wanted first.</param>
/// <param name="Unmet">One reason per wish that cannot come true, starting with its name.</param>
internal sealed record ProviderPlan(IReadOnlyList<string> Providers, IReadOnlyList<string> Unmet)
{
    /// <summary>Plans a session.</summary>
    /// <param name="wishes">Providers, most wanted first.</param>
    /// <param name="available">What this build of ONNX Runtime has, by its own names.</param>
    public static ProviderPlan For(IReadOnlyList<string> wishes, IReadOnlyCollection<string> available)
    {
        var (providers, unmet) = (new List<string>(), new List<string>());
        foreach (var wish in wishes.Distinct())
        {
            if (ExecutionProviders.NativeName(wish) is not { } native)
            {
                unmet.Add($"{wish}: is no execution provider; there are tensorrt, cuda, cpu");
            }
            else if (!available.Contains(native))
            {
                unmet.Add($"{wish}: this build of ONNX Runtime does not have it");
            }
            else
            {
                providers.Add(wish);
            }
            if (wish == ExecutionProviders.Cpu)
            {
                break; // it takes every operator: nothing is left for one behind it
            }
        }
        return new(providers, unmet);
    }
}
