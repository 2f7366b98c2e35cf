using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;

namespace Aspire.Hosting;

/// <summary>Adds values that come from outside the application model: configuration first, defaults else.</summary>
public static class ParameterResourceBuilderExtensions
{
    private const int PasswordLength = 22;

    /// <summary>Adds a parameter that must be configured as <c>Parameters:name</c>.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, bool secret = false) =>
        builder.Add(name, $"Parameters:{name}", secret, null);

    /// <summary>Adds a parameter with a value.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, string value, bool publishValueAsDefault = false, bool secret = false) =>
        builder.AddParameter(name, () => value, publishValueAsDefault, secret);

    /// <summary>Adds a parameter whose value is worked out when it is needed.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, Func<string> valueGetter, bool publishValueAsDefault = false, bool secret = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(valueGetter);
        return publishValueAsDefault && secret
            ? throw new ArgumentException("A parameter cannot be both secret and published as a default value.", nameof(secret))
            : builder.AddResource(new ParameterResource(name, _ => valueGetter(), secret)
            {
                Default = publishValueAsDefault ? new ConstantParameterDefault(valueGetter) : null,
            });
    }

    /// <summary>Adds a parameter with a default; a generated one can be kept for the next run.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, ParameterDefault value, bool secret = false, bool persist = false)
    {
        ArgumentNullException.ThrowIfNull(value);
        var kept = persist ? Kept(builder, name, value) : value;
        return builder.Add(name, $"Parameters:{name}", secret, kept);
    }

    /// <summary>Adds a parameter configured under a key of its own.</summary>
    public static IResourceBuilder<ParameterResource> AddParameterFromConfiguration(
        this IDistributedApplicationBuilder builder, string name, string configurationKey, bool secret = false) =>
        builder.Add(name, configurationKey, secret, null);

    /// <summary>Says what a parameter is for.</summary>
    public static IResourceBuilder<ParameterResource> WithDescription(
        this IResourceBuilder<ParameterResource> builder, string description, bool enableMarkdown = false)
    {
        builder.Resource.Description = description;
        builder.Resource.EnableDescriptionMarkdown = enableMarkdown;
        return builder;
    }

    /// <summary>Adds a connection string that must be configured as <c>ConnectionStrings:name</c>.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddConnectionString(
        this IDistributedApplicationBuilder builder, string name, string? environmentVariableName = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var key = $"ConnectionStrings:{name}";
        return builder.AddResource(new ConfiguredConnectionString(name, _ => builder.Configuration[key] ?? throw Missing("Connection string", key), environmentVariableName));
    }

    /// <summary>Makes a password that is generated once and kept.</summary>
    public static ParameterResource CreateDefaultPasswordParameter(
        IDistributedApplicationBuilder builder,
        string name,
        bool lower = true,
        bool upper = true,
        bool numeric = true,
        bool special = true,
        int minLower = 0,
        int minUpper = 0,
        int minNumeric = 0,
        int minSpecial = 0) => CreateGeneratedParameter(builder, name, secret: true, new()
        {
            MinLength = PasswordLength,
            Lower = lower,
            Upper = upper,
            Numeric = numeric,
            Special = special,
            MinLower = minLower,
            MinUpper = minUpper,
            MinNumeric = minNumeric,
            MinSpecial = minSpecial,
        });

    /// <summary>Makes a parameter that is generated once and kept.</summary>
    public static ParameterResource CreateGeneratedParameter(
        IDistributedApplicationBuilder builder, string name, bool secret, GenerateParameterDefault parameterDefault)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return new(name, value => Configured(builder, $"Parameters:{name}", name, value), secret) { Default = Kept(builder, name, parameterDefault) };
    }

    private static IResourceBuilder<ParameterResource> Add(
        this IDistributedApplicationBuilder builder, string name, string key, bool secret, ParameterDefault? value)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddResource(new ParameterResource(name, fallback => Configured(builder, key, name, fallback), secret) { Default = value });
    }

    private static string Configured(IDistributedApplicationBuilder builder, string key, string name, ParameterDefault? fallback) =>
        builder.Configuration[key] ?? fallback?.GetDefaultValue() ?? throw Missing($"Parameter resource '{name}'", key);

    private static MissingParameterValueException Missing(string what, string key) =>
        new($"{what} could not be used because configuration key '{key}' is missing and there is no default value.");

    private static ParameterDefault Kept(IDistributedApplicationBuilder builder, string name, ParameterDefault value) =>
        builder.Store() is { } store ? new KeptParameterDefault(store, name, value) : value;
}
