namespace Aspire.Hosting.ApplicationModel;

/// <summary>A part of the application: a service, a server, a database, a parameter.</summary>
public interface IResource
{
    /// <summary>The name, unique in the application.</summary>
    string Name { get; }

    /// <summary>What is known about the resource beyond its type.</summary>
    ResourceAnnotationCollection Annotations { get; }
}

/// <summary>A resource that takes command line arguments.</summary>
public interface IResourceWithArgs : IResource
{
}

/// <summary>A resource that listens.</summary>
public interface IResourceWithEndpoints : IResource
{
}

/// <summary>A resource that takes environment variables.</summary>
public interface IResourceWithEnvironment : IResource
{
}

/// <summary>A resource that can be told to wait for others.</summary>
public interface IResourceWithWaitSupport : IResource
{
}

/// <summary>A resource that is not started or stopped.</summary>
public interface IResourceWithoutLifetime : IResource
{
}

/// <summary>A resource inside another one.</summary>
public interface IResourceWithParent : IResource
{
    /// <summary>The resource around this one.</summary>
    IResource Parent { get; }
}

/// <summary>A resource inside another one of a known type.</summary>
public interface IResourceWithParent<out T> : IResourceWithParent
    where T : IResource
{
    /// <summary>The resource around this one.</summary>
    new T Parent { get; }

    IResource IResourceWithParent.Parent => Parent;
}
