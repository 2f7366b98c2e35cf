using System.Text;

namespace ModelOps.Onnx;

/// <summary>How text out of a file is shown in a message: short, and without characters that could change a terminal or a log.</summary>
internal static class Shown
{
    private const int Longest = 80;

    public static string Name(string text)
    {
        var shown = new StringBuilder("'", Longest + 3);
        foreach (var rune in text.EnumerateRunes())
        {
            if (shown.Length > Longest)
            {
                shown.Append('…');
                break;
            }
            if (Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.Format)
            {
                shown.Append('?');
            }
            else
            {
                shown.Append(rune);
            }
        }
        return shown.Append('\'').ToString();
    }
}
