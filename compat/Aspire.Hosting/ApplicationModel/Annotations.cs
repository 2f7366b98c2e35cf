namespace Aspire.Hosting.ApplicationModel;

/// <summary>How many processes of a project run.</summary>
public sealed class ReplicaAnnotation(int replicas = 1) : IResourceAnnotation
{
    public int Replicas { get; } = replicas;
}

/// <summary>A health check the resource must pass.</summary>
public class HealthCheckAnnotation(string key) : IResourceAnnotation
{
    /// <summary>The name it is registered under.</summary>
    public string Key { get; } = key ?? throw new ArgumentNullException(nameof(key));
}

/// <summary>The resource starts when somebody says so.</summary>
public sealed class ExplicitStartupAnnotation : IResourceAnnotation
{
}

/// <summary>The launch profile the resource runs under.</summary>
public sealed class LaunchProfileAnnotation(string launchProfileName) : IResourceAnnotation
{
    public string LaunchProfileName { get; } = launchProfileName ?? throw new ArgumentNullException(nameof(launchProfileName));
}

/// <summary>The resource runs under no launch profile.</summary>
public sealed class ExcludeLaunchProfileAnnotation : IResourceAnnotation
{
}

/// <summary>Behind a proxy in production, the project is told not to trust forwarded headers.</summary>
public sealed class DisableForwardedHeadersAnnotation : IResourceAnnotation
{
}

/// <summary>How two resources belong together.</summary>
public sealed class ResourceRelationshipAnnotation(IResource resource, string type) : IResourceAnnotation
{
    public IResource Resource { get; } = resource ?? throw new ArgumentNullException(nameof(resource));

    public string Type { get; } = type ?? throw new ArgumentNullException(nameof(type));
}

/// <summary>The resource's connection string is that of another one.</summary>
public class ConnectionStringRedirectAnnotation(IResourceWithConnectionString resource) : IResourceAnnotation
{
    public IResourceWithConnectionString Resource { get; } = resource ?? throw new ArgumentNullException(nameof(resource));
}

/// <summary>The state a resource starts in, when nothing runs it.</summary>
public class ResourceSnapshotAnnotation(CustomResourceSnapshot initialSnapshot) : IResourceAnnotation
{
    public CustomResourceSnapshot InitialSnapshot { get; } = initialSnapshot ?? throw new ArgumentNullException(nameof(initialSnapshot));
}
