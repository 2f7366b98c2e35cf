using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ModelOps.ServiceDefaults.Hosting;

/// <summary>The one way to register an options class.</summary>
public static class ValidatedOptionsExtensions
{
    /// <summary>
    /// Binds an options class to a section and checks its data annotations at start. A wrong value stops the service with one
    /// line that names the configuration key: <c>Registry:Upload:MaxBytes: must be from 1 to 10</c>.
    /// </summary>
    /// <typeparam name="TOptions">The options class.</typeparam>
    /// <param name="services">Where it is registered.</param>
    /// <param name="section">Where it is read from.</param>
    /// <param name="name">Name of the options, for classes that exist more than once.</param>
    public static OptionsBuilder<TOptions> AddValidatedOptions<TOptions>(this IServiceCollection services, string section, string? name = null)
        where TOptions : class
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddSingleton<IValidateOptions<TOptions>>(new AnnotationsValidator<TOptions>(section, name ?? Options.DefaultName));
        return services.AddOptions<TOptions>(name).BindConfiguration(section).ValidateOnStart();
    }
}
