using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Projects;

/// <summary>What a project's own files say about how it listens.</summary>
internal static class ProjectSettings
{
    private static readonly JsonSerializerOptions Lenient = new() { ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>The profile to launch with, if any: the one asked for, the one the application itself was launched with, or the first that runs the project.</summary>
    public static (string Name, LaunchProfile Profile)? Profile(IProjectMetadata project, ProjectResourceOptions options, string? hostProfile)
    {
        if (options.ExcludeLaunchProfile || Launch(project) is not { } settings)
        {
            return options is { ExcludeLaunchProfile: false, LaunchProfileName: { } missing } ? throw NoProfile(project, missing) : null;
        }

        if (options.LaunchProfileName is { } wanted)
        {
            return settings.Profiles.TryGetValue(wanted, out var named) ? (wanted, named) : throw NoProfile(project, wanted);
        }

        if (hostProfile is not null && settings.Profiles.TryGetValue(hostProfile, out var same))
        {
            return (hostProfile, same);
        }

        var first = settings.Profiles.FirstOrDefault(pair => pair.Value.CommandName == "Project");
        return first.Value is null ? null : (first.Key, first.Value);
    }

    /// <summary>The endpoints that the project's settings give to Kestrel.</summary>
    public static IReadOnlyList<KestrelEndpoint> KestrelEndpoints(IProjectMetadata project, string environment)
    {
        var settings = new ConfigurationBuilder()
            .SetBasePath(Path.GetDirectoryName(project.ProjectPath)!)
            .AddJsonFile("appsettings.json", optional: true)
            .AddJsonFile($"appsettings.{environment}.json", optional: true)
            .Build()
            .GetSection("Kestrel");
        var protocols = settings["EndpointDefaults:Protocols"];
        return
        [
            .. settings.GetSection("Endpoints").GetChildren()
                .Where(endpoint => endpoint["Url"] is not null)
                .Select(endpoint => KestrelEndpoint.Parse(endpoint.Key, endpoint["Url"]!, endpoint["Protocols"] ?? protocols)),
        ];
    }

    private static LaunchSettings? Launch(IProjectMetadata project)
    {
        if (project.LaunchSettings is { } given)
        {
            return given;
        }

        var file = Path.Combine(Path.GetDirectoryName(project.ProjectPath)!, "Properties", "launchSettings.json");
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize<LaunchSettings>(File.ReadAllText(file), Lenient) : null;
        }
        catch (JsonException e)
        {
            throw new DistributedApplicationException($"Failed to get effective launch profile for project '{project.ProjectPath}'. There is malformed JSON in the project's launch settings file at '{file}'.", e);
        }
    }

    private static DistributedApplicationException NoProfile(IProjectMetadata project, string name) =>
        new($"Launch settings file for '{project.ProjectPath}' does not contain '{name}' profile.");
}
