using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>Who needs whom.</summary>
internal static class DependencyGraph
{
    /// <summary>What must be there before the resource starts, and still be there while it stops.</summary>
    public static IEnumerable<IResource> Needs(IResource resource)
    {
        var waits = resource.Annotations.OfType<WaitAnnotation>().Select(wait => wait.Resource);
        return resource is IResourceWithParent { Parent: var parent } ? waits.Append(parent) : waits;
    }

    /// <exception cref="DistributedApplicationException">Resources wait for each other in a circle.</exception>
    public static void CheckNoCycle(IEnumerable<IResource> resources)
    {
        var done = new HashSet<IResource>();
        var path = new List<IResource>();
        foreach (var resource in resources)
        {
            Visit(resource, path, done);
        }
    }

    private static void Visit(IResource resource, List<IResource> path, HashSet<IResource> done)
    {
        if (path.IndexOf(resource) is >= 0 and var start)
        {
            throw new DistributedApplicationException(
                $"Resources wait for each other in a circle: {string.Join(" -> ", path.Skip(start).Append(resource).Select(member => member.Name))}");
        }

        if (!done.Add(resource))
        {
            return;
        }

        path.Add(resource);
        foreach (var needed in Needs(resource))
        {
            Visit(needed, path, done);
        }

        path.RemoveAt(path.Count - 1);
    }
}
