using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ModelOps.ServiceDefaults.Hosting;

/// <summary>Checks data annotations and names each failure by its configuration key, not by the class that reads it.</summary>
internal sealed class AnnotationsValidator<TOptions>(string section, string validated) : IValidateOptions<TOptions>
    where TOptions : class
{
    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        if (name != validated)
        {
            return ValidateOptionsResult.Skip;
        }
        var broken = new List<ValidationResult>();
        return Validator.TryValidateObject(options, new(options), broken, validateAllProperties: true)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(broken.Select(result => $"{Key(result)}: {result.ErrorMessage}"));
    }

    private string Key(ValidationResult result) =>
        string.Join(", ", result.MemberNames.DefaultIfEmpty("").Select(member => member.Length == 0 ? section : $"{section}:{member}"));
}
