using Spectre.Console;
using Spectre.Console.Rendering;

namespace Aspire.Hosting.Terminal;

/// <summary>The terminal: one line at a time, prefixed with who says it, in that one's colour where there are colours.</summary>
internal sealed class ConsoleOutput
{
    private const int LeastWidth = 9;
    // Colours that are told apart on dark and light backgrounds alike.
    private static readonly Color[] Palette =
        [Color.DodgerBlue1, Color.Orange1, Color.MediumSpringGreen, Color.MediumOrchid, Color.Gold1, Color.DeepSkyBlue3, Color.LightCoral, Color.Chartreuse3];

    private readonly Lock _lock = new();
    private readonly TimeProvider _clock;
    private IRenderable? _foot;
    private int _footLines;
    private int _width = LeastWidth;

    public ConsoleOutput(TimeProvider clock)
        : this(clock, Create())
    {
    }

    internal ConsoleOutput(TimeProvider clock, IAnsiConsole console)
    {
        _clock = clock;
        Console = console;
    }

    public IAnsiConsole Console { get; }

    /// <summary>Whether somebody looks at a terminal that can be drawn on.</summary>
    public bool IsLive => Console.Profile.Capabilities is { Interactive: true, Ansi: true } && Console.Profile.Out.IsTerminal;

    /// <summary>The same name always has the same colour, in every run.</summary>
    public static Color ColourOf(string name)
    {
        var hash = name.Aggregate(17u, static (sum, c) => (sum * 31) + c);
        return Palette[hash % (uint)Palette.Length];
    }

    public void WriteLine(string name, string text, bool isError = false)
    {
        var time = _clock.GetLocalNow().ToString("HH:mm:ss");
        lock (_lock)
        {
            _width = Math.Max(_width, name.Length);
            var line = new Paragraph()
                .Append($"{time} ", new Style(Color.Grey))
                .Append(name.PadRight(_width), new Style(ColourOf(name)))
                .Append(isError ? " ! " : " | ", new Style(isError ? Color.Red : Color.Grey))
                .Append(TerminalText.Plain(text) + "\n");
            line.Overflow = Overflow.Fold;
            if (IsLive)
            {
                EraseFoot();
                Console.Write(line);
                DrawFoot();
            }
            else
            {
                // Nothing wraps what goes to a file or another program.
                Console.Profile.Out.Writer.WriteLine(Render(time, name, isError, text));
                Console.Profile.Out.Writer.Flush();
            }
        }
    }

    /// <summary>What stays at the foot of a live terminal while lines scroll above it; null takes it away.</summary>
    public void SetFoot(IRenderable? foot)
    {
        lock (_lock)
        {
            EraseFoot();
            _foot = foot;
            DrawFoot();
        }
    }

    private void EraseFoot()
    {
        if (_footLines > 0)
        {
            Console.Profile.Out.Writer.Write($"\e[{_footLines}F\e[0J");
            _footLines = 0;
        }
    }

    // What is higher than the terminal could not be erased again, so it is not drawn.
    private void DrawFoot()
    {
        if (_foot is { } foot && foot.GetSegments(Console).Count(segment => segment.IsLineBreak) is var lines && lines < Console.Profile.Height)
        {
            Console.Write(foot);
            _footLines = lines;
        }
    }

    private string Render(string time, string name, bool isError, string text)
    {
        var prefix = name.PadRight(_width);
        if (Console.Profile.Capabilities.ColorSystem != ColorSystem.NoColors)
        {
            var colour = ColourOf(name);
            prefix = $"\e[38;2;{colour.R};{colour.G};{colour.B}m{prefix}\e[0m";
        }

        return $"{time} {prefix} {(isError ? '!' : '|')} {TerminalText.Plain(text)}";
    }

    private static IAnsiConsole Create()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings());
        if (System.Console.IsOutputRedirected || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 })
        {
            console.Profile.Capabilities.ColorSystem = ColorSystem.NoColors;
            console.Profile.Capabilities.Ansi &= !System.Console.IsOutputRedirected;
        }

        return console;
    }
}
