namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value that comes from outside the application model.</summary>
public class ParameterResource : Resource, IManifestExpressionProvider, IValueProvider
{
    private readonly Lazy<string> _value;

    public ParameterResource(string name, Func<ParameterDefault?, string> callback, bool secret = false)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(callback);
        _value = new(() => callback(Default), LazyThreadSafetyMode.ExecutionAndPublication);
        Secret = secret;
    }

    /// <summary>The value when nobody gives one.</summary>
    public ParameterDefault? Default { get; set; }

    public string? Description { get; set; }

    public bool EnableDescriptionMarkdown { get; set; }

    public bool Secret { get; }

    public bool IsConnectionString { get; set; }

    public string ValueExpression => IsConnectionString ? $"{{{Name}.connectionString}}" : $"{{{Name}.value}}";

    /// <summary>The value, for code inside this assembly that cannot wait.</summary>
    internal string CurrentValue => _value.Value;

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken) => ValueTask.FromResult<string?>(CurrentValue);

    public ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken) => GetValueAsync(cancellationToken);
}

/// <summary>Where the value of a parameter comes from when nobody gives one.</summary>
public abstract class ParameterDefault
{
    public abstract string GetDefaultValue();
}
