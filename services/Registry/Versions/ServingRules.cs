using System.Text;
using ModelOps.ServiceDefaults.Errors;
using ModelOps.Serving;

namespace ModelOps.Registry.Versions;

/// <summary>What may be said about how a version is served, and the one form in which it is kept.</summary>
internal static class ServingRules
{
    /// <summary>What a version without a word about it is kept with.</summary>
    public const string Nothing = "{}";

    private const string Field = "serving";

    /// <summary>The first rule that a configuration breaks.</summary>
    public static Refusal? Check(ReadOnlyMemory<byte> serving) => ServingConfigurationReader.Read(serving, out _) is { } problem
        ? Refusal.Invalid(problem.Field.Length == 0 ? Field : $"{Field}.{problem.Field}", problem.Rule)
        : null;

    /// <summary>A configuration that keeps the rules, so that equal ones are equal texts.</summary>
    public static string Canonical(ReadOnlyMemory<byte> serving)
    {
        _ = ServingConfigurationReader.Read(serving, out var configuration);
        return Encoding.UTF8.GetString(ServingConfigurationWriter.Write(configuration));
    }
}
