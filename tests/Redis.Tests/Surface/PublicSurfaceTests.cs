using System.Reflection;
using Aspire.StackExchange.Redis;
using ModelOps.Grpc.Tests.Surface;
using StackExchange.Redis;

namespace ModelOps.Redis.Tests.Surface;

/// <summary>
/// What builds with the stand-ins must build with the packages: each public member of theirs is one of the packages'. PublicApi.txt lists the part of
/// the published API (the lists in the packages' own repositories) that this project may use; a line goes in there only after it was looked up.
/// </summary>
public sealed class PublicSurfaceTests
{
    [Fact]
    public void Public_members_are_those_that_the_packages_publish()
    {
        var surface = Surface().Distinct().Order(StringComparer.Ordinal).ToList();
        var published = Published();

        Assert.True(
            surface.SequenceEqual(published),
            "Not in PublicApi.txt:\n" + string.Join('\n', surface.Except(published)) + "\nNot in the stand-in:\n" + string.Join('\n', published.Except(surface)));
    }

    private static IEnumerable<string> Surface()
    {
        Type[] types = [.. typeof(IConnectionMultiplexer).Assembly.GetTypes(), .. typeof(StackExchangeRedisSettings).Assembly.GetTypes()];
        return PublicSurface.Of(types).Concat(types.Where(type => type.IsPublic).SelectMany(Operators));
    }

    private static IEnumerable<string> Operators(Type type) =>
        type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(method => method.Name.StartsWith("op_", StringComparison.Ordinal))
            .Select(method => $"{method.Name}({string.Join(", ", method.GetParameters().Select(parameter => PublicSurface.Name(parameter.ParameterType)))}) -> {PublicSurface.Name(method.ReturnType)}");

    private static List<string> Published()
    {
        using var file = Assembly.GetExecutingAssembly().GetManifestResourceStream("PublicApi.txt")!;
        using var reader = new StreamReader(file);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(line => line[0] != '#').Order(StringComparer.Ordinal)];
    }
}
