using Aspire.Hosting.Terminal;
using Spectre.Console;

namespace ModelOps.Aspire.Tests.Terminal;

public sealed class ConsoleOutputTests
{
    [Fact]
    public void A_line_says_when_and_who_and_nothing_to_the_terminal()
    {
        using var written = new StringWriter();

        Output(written, ColorSystemSupport.NoColors).WriteLine("gateway", "\e[31mred\e[0m \e]0;title\a\bdone", isError: true);

        Assert.Matches("^[0-9]{2}:[0-9]{2}:[0-9]{2} gateway   ! red done\\s*$", written.ToString());
    }

    [Fact]
    public void A_resource_has_the_same_colour_on_every_line()
    {
        using var written = new StringWriter();
        var output = Output(written, ColorSystemSupport.TrueColor);

        output.WriteLine("gateway", "one");
        output.WriteLine("gateway", "two");

        var colours = written.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[line.IndexOf('\e')..line.IndexOf("gateway", StringComparison.Ordinal)]);
        Assert.Single(colours.Distinct());
    }

    private static ConsoleOutput Output(TextWriter writer, ColorSystemSupport colours) =>
        new(TimeProvider.System, AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(writer), ColorSystem = colours, Ansi = AnsiSupport.No, Interactive = InteractionSupport.No }));
}
