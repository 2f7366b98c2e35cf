using System.Collections.Concurrent;
using Grpc.Core;
using Microsoft.Extensions.Options;
using ModelOps.Contracts.Registry.V1;
using ModelOps.Monitor.Naming;
using ModelOps.ServiceDefaults.Errors;
using ModelOps.Statistics.Profiles;

namespace ModelOps.Monitor.Drift;

/// <summary>Reference profiles from the Registry. A version never changes, so what was read once is kept; as many as the options say.</summary>
internal sealed class ProfileSource(ModelRegistry.ModelRegistryClient registry, IOptions<DriftOptions> options)
{
    private readonly ConcurrentDictionary<(string Workspace, string Model, long Version), ReferenceProfile> _known = new();

    /// <summary>The profile of a version.</summary>
    /// <returns>The profile, or why there will never be one.</returns>
    /// <exception cref="RpcException">The Registry does not answer, or answers that it cannot now.</exception>
    public async Task<Outcome<ReferenceProfile>> GetAsync(ServedVersion served, CancellationToken ct)
    {
        var key = (served.Workspace, served.Model, served.Version);
        if (_known.TryGetValue(key, out var known))
        {
            return known;
        }
        try
        {
            var answer = await registry.GetReferenceProfileAsync(
                new() { Workspace = served.Workspace, Model = served.Model, Version = served.Version }, cancellationToken: ct);
            var profile = ReferenceProfile.Parse(answer.Profile.Memory);
            if (_known.Count >= options.Value.MaxProfiles)
            {
                _known.Clear(); // rarely, and they are read again
            }
            _known[key] = profile;
            return profile;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return Refusal.NotFound("the version has no reference profile");
        }
        catch (FormatException e)
        {
            return new Refusal(RefusalKind.DataLoss, $"the reference profile cannot be read: {e.Message}");
        }
    }
}
