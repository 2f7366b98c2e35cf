using System.Reflection;
using Grpc.Core;

namespace ModelOps.Grpc.Tests.Surface;

/// <summary>
/// What builds with the stand-in must build with the packages: each public member of the stand-in is one of theirs. PublicApi.txt lists the part
/// of the published API of Grpc.Core.Api, Grpc.Net.Common, Grpc.Net.Client, Grpc.Net.ClientFactory and Grpc.AspNetCore.Server that this project
/// may use; a line goes in there only after it was looked up in the packages' own sources.
/// </summary>
public sealed class PublicSurfaceTests
{
    /// <summary>Generated from public .proto files, or listed by the tests of health checks and reflection.</summary>
    private static readonly string[] OtherPackages =
        ["Grpc.Health", "Grpc.Reflection", "Grpc.AspNetCore.HealthChecks", "Grpc.AspNetCore.Server.Reflection"];

    [Fact]
    public void Every_public_member_is_published_by_the_packages()
    {
        var published = Published();

        var extra = Surface().Where(line => !published.Contains(line)).ToList();

        Assert.True(extra.Count == 0, "Not in PublicApi.txt:\n" + string.Join('\n', extra));
    }

    [Fact]
    public void Every_listed_member_is_there()
    {
        var surface = Surface().ToHashSet(StringComparer.Ordinal);

        var missing = Published().Where(line => !surface.Contains(line)).ToList();

        Assert.True(missing.Count == 0, "In PublicApi.txt and not in the stand-in:\n" + string.Join('\n', missing));
    }

    private static IEnumerable<string> Surface() => PublicSurface.Of(
        typeof(Status).Assembly.GetTypes().Where(type => !OtherPackages.Any(name => type.FullName!.StartsWith(name, StringComparison.Ordinal))
            && !type.Name.StartsWith("GrpcHealthChecks", StringComparison.Ordinal)
            && !type.Name.StartsWith("GrpcReflection", StringComparison.Ordinal)));

    private static HashSet<string> Published()
    {
        using var file = Assembly.GetExecutingAssembly().GetManifestResourceStream("PublicApi.txt")!;
        using var reader = new StreamReader(file);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(line => line[0] != '#')];
    }
}
