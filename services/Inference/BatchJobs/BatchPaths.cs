using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.BatchJobs;

/// <summary>Paths that callers say, held inside the folder of batch jobs.</summary>
internal static class BatchPaths
{
    private const int LongestPath = 1_024;

    /// <summary>Finds the place that a relative path means.</summary>
    /// <param name="root">The folder of batch jobs.</param>
    /// <param name="field">What to call the path in a refusal.</param>
    /// <param name="path">The path as the caller wrote it.</param>
    public static Outcome<string> Resolve(string root, string field, string path)
    {
        var parts = path.Split('/');
        if (path.Length is 0 or > LongestPath || path.Any(char.IsControl) || path.Contains('\\', StringComparison.Ordinal)
            || Array.Exists(parts, part => part.Length == 0 || part[0] == '.'))
        {
            return Refusal.Invalid(field, $"must be a path relative to the folder of batch jobs, of at most {LongestPath} characters, whose parts do not begin with a dot");
        }
        var place = Path.GetFullPath(root);
        foreach (var part in parts)
        {
            place = Path.Combine(place, part);
            if (IsLink(place))
            {
                return Refusal.Invalid(field, "must not lead through a link");
            }
        }
        return place;
    }

    /// <summary>Whether there is a link at a place, wherever it leads.</summary>
    public static bool IsLink(string place) => new FileInfo(place).LinkTarget is not null;
}
