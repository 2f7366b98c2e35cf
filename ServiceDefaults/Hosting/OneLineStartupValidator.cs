using Microsoft.Extensions.Options;

namespace ModelOps.ServiceDefaults.Hosting;

/// <summary>Runs every check of options at start and reports all failures together, in one line.</summary>
internal sealed class OneLineStartupValidator(IStartupValidator inner) : IStartupValidator
{
    public void Validate()
    {
        try
        {
            inner.Validate();
        }
        catch (Exception e) when (Failures(e).ToArray() is { Length: > 0 } failures)
        {
            throw new StartupException(string.Join("; ", failures.Distinct(StringComparer.Ordinal)), e);
        }
    }

    private static IEnumerable<string> Failures(Exception exception) => exception switch
    {
        OptionsValidationException invalid => invalid.Failures,
        AggregateException many => many.InnerExceptions.SelectMany(Failures),
        // The binder's words for a value that has the wrong type; they name the key.
        InvalidOperationException unreadable => [unreadable.Message],
        _ => [],
    };
}
