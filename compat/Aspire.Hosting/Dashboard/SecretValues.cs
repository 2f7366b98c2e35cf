using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;

namespace Aspire.Hosting.Dashboard;

/// <summary>Knows which variables must not be shown: those that contain a secret, and those whose names say that they might.</summary>
internal sealed partial class SecretValues(DistributedApplicationModel model)
{
    private const int ShortestSecret = 4;
    private IReadOnlyList<string>? _values;

    public async ValueTask<SecretValues> GetAsync(CancellationToken ct)
    {
        if (_values is null)
        {
            var values = new List<string>();
            foreach (var resource in model.Resources)
            {
                if (await SecretOfAsync(resource, ct).ConfigureAwait(false) is { Length: >= ShortestSecret } secret)
                {
                    values.Add(secret);
                }
            }

            _values = values;
        }

        return this;
    }

    public bool Hides(string name, string? value) => SecretNames().IsMatch(name)
        || (value is not null && _values!.Any(secret => value.Contains(secret, StringComparison.Ordinal) || value.Contains(Uri.EscapeDataString(secret), StringComparison.Ordinal)));

    [GeneratedRegex("password|secret|token|key$|connectionstring|_uri$", RegexOptions.IgnoreCase)]
    private static partial Regex SecretNames();

    private static async ValueTask<string?> SecretOfAsync(IResource resource, CancellationToken ct)
    {
        try
        {
            return resource switch
            {
                ParameterResource { Secret: true } parameter => await parameter.GetValueAsync(ct).ConfigureAwait(false),
                _ when resource.TryGetLastAnnotation<NativeServerAnnotation>(out var server) => await server.Password(ct).ConfigureAwait(false),
                _ => null,
            };
        }
        catch (MissingParameterValueException)
        {
            return null; // what has no value gives nothing away
        }
    }
}
