using System.Reflection;
using Aspire.Hosting.Processes;

namespace Aspire.Hosting.Projects;

/// <summary>Finds what the build made of a project.</summary>
internal static class ProjectOutput
{
    /// <summary>The project's assembly, of the configuration that this one was built in: one build makes both.</summary>
    /// <exception cref="CannotStartException">The project is not built.</exception>
    public static string Find(string projectPath)
    {
        var name = Path.GetFileNameWithoutExtension(projectPath);
        var configuration = typeof(ProjectOutput).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
        var folder = new DirectoryInfo(Path.Combine(Path.GetDirectoryName(projectPath)!, "bin", configuration));
        var built = folder.Exists ? folder.EnumerateFiles($"{name}.dll", Depth) : [];
        return built.MaxBy(file => file.LastWriteTimeUtc)?.FullName
            ?? throw new CannotStartException($"{name}.dll is not in {folder.FullName}: build {projectPath}");
    }

    /// <summary>The <c>dotnet</c> this application runs on.</summary>
    public static string Dotnet()
    {
        var beside = Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        return File.Exists(beside) ? beside : "dotnet";
    }

    private static EnumerationOptions Depth => new() { RecurseSubdirectories = true, MaxRecursionDepth = 1 };
}
