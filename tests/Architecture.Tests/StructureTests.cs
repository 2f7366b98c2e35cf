using System.Text.RegularExpressions;

namespace ModelOps.Architecture.Tests;

public sealed partial class StructureTests
{
    private static readonly string[] Product = ["AppHost", "ServiceDefaults", "protos", "services", "libraries", "samples", "bench"];

    public static TheoryData<string> Services => [.. Repository.Services];

    [Theory, MemberData(nameof(Services))]
    public void A_service_references_no_other_service(string service)
    {
        var project = Repository.Files($"services/{service}", "*.csproj").Single();

        var references = ProjectReference().Matches(Repository.Read(project)).Select(match => match.Groups[1].Value);

        Assert.DoesNotContain(references, reference => Repository.Services.Any(other => reference.Contains($"/{other}/", StringComparison.Ordinal)));
    }

    [Theory, MemberData(nameof(Services))]
    public void Program_reads_as_a_table_of_contents(string service)
    {
        var lines = Repository.Lines($"services/{service}/Program.cs");

        Assert.InRange(lines.Length, 1, 20);
    }

    [Theory, MemberData(nameof(Services))]
    public void Capability_folders_form_no_cycle(string service)
    {
        var uses = new Dictionary<string, HashSet<string>>();
        foreach (var file in Repository.Files($"services/{service}", "*.cs"))
        {
            var parts = file.Split('/');
            if (parts.Length > 3)
            {
                var targets = uses.TryGetValue(parts[2], out var known) ? known : uses[parts[2]] = [];
                targets.UnionWith(Using($"ModelOps.{service}").Matches(Repository.Read(file)).Select(match => match.Groups[1].Value));
                targets.Remove(parts[2]);
            }
        }

        var remaining = new Dictionary<string, HashSet<string>>(uses);
        while (remaining.FirstOrDefault(folder => !folder.Value.Any(remaining.ContainsKey)).Key is { } leaf)
        {
            remaining.Remove(leaf);
        }

        Assert.True(remaining.Count == 0, $"a cycle among {string.Join(", ", remaining.Keys)}");
    }

    [Theory, MemberData(nameof(Services))]
    public void Rpc_classes_translate_and_decide_nothing(string service)
    {
        var deciding = Repository.Files($"services/{service}", "*Rpc.cs")
            .SelectMany(file => Repository.Lines(file).Where(line => Decision().IsMatch(line)).Select(line => $"{file}: {line.Trim()}"));

        Assert.Empty(deciding);
    }

    [Fact]
    public void Pure_files_reference_no_package()
    {
        var impure = Repository.Files("libraries", "*.cs")
            .SelectMany(file => Repository.Lines(file).Where(line => PackageOfIo().IsMatch(line)).Select(line => $"{file}: {line}"));

        Assert.Empty(impure);
    }

    [Fact]
    public void Only_the_build_files_know_which_package_set_is_in_use()
    {
        var allowed = new[] { "AppHost/ModelOps.AppHost.csproj" };
        var knowing = Product
            .SelectMany(folder => Repository.Files(folder, "*.cs*"))
            .Except(allowed)
            .Where(file => Repository.Read(file) is var text && (text.Contains("PackageSet", StringComparison.Ordinal) || Conditional().IsMatch(text)));

        Assert.Empty(knowing);
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Repository.Read("ModelOps.Aspire.sln").Replace('\\', '/');

        var missing = Repository.Files(".", "*.csproj").Select(file => file.TrimStart('.', '/')).Where(file => !solution.Contains(file, StringComparison.Ordinal));

        Assert.Empty(missing);
    }

    [Fact]
    public void Every_wire_element_says_what_it_means()
    {
        var silent = Repository.Files("protos", "*.proto").SelectMany(Undocumented);

        Assert.Empty(silent);
    }

    private static IEnumerable<string> Undocumented(string file)
    {
        var lines = Repository.Lines(file);
        for (var i = 1; i < lines.Length; i++)
        {
            var isElement = WireElement().IsMatch(lines[i]) && !IsSelfExplaining(lines[i]);
            if (isElement && !lines[i - 1].TrimStart().StartsWith("//", StringComparison.Ordinal))
            {
                yield return $"{file}:{i + 1}: {lines[i].Trim()}";
            }
        }
    }

    /// <summary>Requests and responses are explained by the call they belong to.</summary>
    private static bool IsSelfExplaining(string line) => RequestOrResponse().IsMatch(line);

    private static Regex Using(string root) => new($@"^using {Regex.Escape(root)}\.(\w+)", RegexOptions.Multiline, TimeSpan.FromSeconds(1));

    [GeneratedRegex("ProjectReference Include=\"([^\"]+)\"")]
    private static partial Regex ProjectReference();

    [GeneratedRegex(@"\bif \(|\bswitch\b")]
    private static partial Regex Decision();

    [GeneratedRegex(@"^using (System\.Net|System\.Data|Npgsql|Dapper|Grpc|Microsoft\.AspNetCore|Microsoft\.Extensions|RabbitMQ|MassTransit)")]
    private static partial Regex PackageOfIo();

    [GeneratedRegex(@"^\s*#if\b", RegexOptions.Multiline)]
    private static partial Regex Conditional();

    [GeneratedRegex(@"^\s*(message|service|rpc|enum|oneof)\s+\w+|^\s+(repeated |optional )?[\w.<>, ]+ \w+ = \d+;")]
    private static partial Regex WireElement();

    [GeneratedRegex(@"^\s*message \w+(Request|Response) ")]
    private static partial Regex RequestOrResponse();
}
