using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ModelOps.Testing;

/// <summary>Reference numbers, data and models made by others, under tests/golden.</summary>
public static class Golden
{
    /// <summary>Root of the source tree.</summary>
    public static string Repository { get; } = FindRoot();

    /// <summary>The folder; `MODELOPS_GOLDEN` points to another one.</summary>
    public static string Folder { get; } = Environment.GetEnvironmentVariable("MODELOPS_GOLDEN") is { Length: > 0 } other ? other : Path.Combine(Repository, "tests", "golden");

    /// <summary>Reads a JSON file of the folder.</summary>
    public static JsonElement Json(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, name)));
        return document.RootElement.Clone();
    }

    private static string FindRoot([CallerFilePath] string here = "")
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(here)!);
        while (!File.Exists(Path.Combine(folder.FullName, "ModelOps.Aspire.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("no ModelOps.Aspire.sln above the tests");
        }
        return folder.FullName;
    }
}
