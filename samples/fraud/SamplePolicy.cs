using System.Text.Json;

namespace ModelOps.Samples.Fraud;

/// <summary>How the sample's model is judged, rolled out and watched: a file of samples/fraud/policies.</summary>
public sealed record SamplePolicy(JsonElement Governance, JsonElement Rollout, JsonElement Monitoring)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Reads a policy file.</summary>
    public static SamplePolicy Read(FileInfo file)
    {
        ArgumentNullException.ThrowIfNull(file);
        using var stream = file.OpenRead();
        return JsonSerializer.Deserialize<SamplePolicy>(stream, Json) ?? throw new InvalidOperationException($"{file.FullName} is empty");
    }
}
