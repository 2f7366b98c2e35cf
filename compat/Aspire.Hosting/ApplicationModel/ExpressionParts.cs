using System.Text;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The text and the values of an expression under construction.</summary>
internal sealed class ExpressionParts(int literalLength = 0, int valueCount = 0)
{
    private readonly StringBuilder _format = new(literalLength);
    private readonly List<(IValueProvider Provider, string Expression, string? Format)> _values = new(valueCount);

    public bool IsEmpty => _format.Length == 0;

    public void Literal(string? text) =>
        _format.Append(text?.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));

    public void Value<T>(T provider, string? format)
        where T : IValueProvider, IManifestExpressionProvider
    {
        // An expression inside an expression becomes part of it, so that a manifest has no nesting.
        if (provider is ReferenceExpression inner && format is null)
        {
            Inline(inner);
            return;
        }

        _format.Append('{').Append(_values.Count).Append('}');
        _values.Add((provider, Expression(provider, format), format));
    }

    public ReferenceExpression Build() =>
        new(_format.ToString(), [.. _values.Select(v => v.Provider)], [.. _values.Select(v => v.Expression)], [.. _values.Select(v => v.Format)]);

    // Aspire names the escaped form of a value as a resource of its own, "<name>-uri-encoded".
    private static string Expression(IManifestExpressionProvider provider, string? format) =>
        format is null ? provider.ValueExpression : $"{{{provider.ValueExpression.Trim('{', '}').Split('.')[0]}-{format}-encoded.value}}";

    private void Inline(ReferenceExpression inner)
    {
        var holes = new object[inner.ValueProviders.Count];
        for (var i = 0; i < holes.Length; i++)
        {
            holes[i] = $"{{{_values.Count}}}";
            _values.Add((inner.ValueProviders[i], inner.ManifestExpressions[i], inner.StringFormats[i]));
        }

        // Doubled braces of the inner text must survive being formatted once here.
        var text = inner.Format.Replace("{{", "{{{{", StringComparison.Ordinal).Replace("}}", "}}}}", StringComparison.Ordinal);
        _format.Append(string.Format(text, holes));
    }
}
