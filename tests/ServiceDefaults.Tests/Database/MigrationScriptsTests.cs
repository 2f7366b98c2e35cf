using ModelOps.ServiceDefaults.Database;
using ModelOps.ServiceDefaults.Hosting;
using ModelOps.Testing;

namespace ModelOps.ServiceDefaults.Tests.Database;

public sealed class MigrationScriptsTests
{
    [Fact]
    public void Files_come_in_the_order_of_their_numbers()
    {
        var ordered = MigrationScripts.Ordered("service", [Numbered(2), Numbered(1), Numbered(3)]);

        Assert.Equal([1, 2, 3], ordered.Select(migration => migration.Number));
    }

    [Fact]
    public void A_gap_is_refused()
    {
        var refused = Assert.Throws<StartupException>(() => MigrationScripts.Ordered("service", [Numbered(1), Numbered(3)]));

        Assert.Equal("migration 0002 is missing: 0003_x.sql comes next", refused.Message);
    }

    [Fact]
    public void A_number_used_twice_is_refused()
    {
        var refused = Assert.Throws<StartupException>(() => MigrationScripts.Ordered("service", [Numbered(1), new(1, "0001_y.sql", "")]));

        Assert.Equal("migrations 0001_x.sql and 0001_y.sql have the same number", refused.Message);
    }

    [Fact]
    public void An_assembly_without_files_is_refused()
    {
        var refused = Assert.Throws<StartupException>(() => MigrationScripts.Of(typeof(Poll).Assembly));

        Assert.Equal("ModelOps.Testing embeds no Migrations/NNNN_name.sql files", refused.Message);
    }

    private static Migration Numbered(int number) => new(number, $"{number:0000}_x.sql", "select 1;");
}
