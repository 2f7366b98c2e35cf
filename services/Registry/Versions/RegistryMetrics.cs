using System.Diagnostics.Metrics;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Registry.Versions;

/// <summary>What this service counts.</summary>
internal sealed class RegistryMetrics
{
    private readonly Counter<long> _registrations;
    private readonly Counter<long> _bytes;

    public RegistryMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("ModelOps.Registry");
        _registrations = meter.CreateCounter<long>("modelops.registry.registrations", "{registration}", "Versions registered and refused.");
        _bytes = meter.CreateCounter<long>("modelops.registry.artifact.bytes", "By", "Bytes of registered artifacts.");
    }

    /// <summary>Counts a registration.</summary>
    public void Registered(Outcome<ModelVersion> outcome)
    {
        _registrations.Add(1, new KeyValuePair<string, object?>("outcome", outcome.Refusal?.Kind.ToString() ?? "Registered"));
        _bytes.Add(outcome.Value?.SizeBytes ?? 0);
    }
}
