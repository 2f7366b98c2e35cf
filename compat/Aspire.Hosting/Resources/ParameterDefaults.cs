using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;

namespace Aspire.Hosting;

/// <summary>A default that somebody wrote down.</summary>
internal sealed class ConstantParameterDefault(Func<string> value) : ParameterDefault
{
    public override string GetDefaultValue() => value();
}

/// <summary>A default that is generated in the first run and kept in the application's secrets.</summary>
internal sealed class KeptParameterDefault(StoreLocation store, string name, ParameterDefault generated) : ParameterDefault
{
    public override string GetDefaultValue() => store.GetOrCreate($"Parameters:{name}", generated.GetDefaultValue);
}

/// <summary>A connection string from configuration.</summary>
internal sealed class ConfiguredConnectionString(string name, Func<ParameterDefault?, string> callback, string? variable)
    : ParameterResource(name, callback, secret: true), IResourceWithConnectionString
{
    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{new ConfiguredValue(this)}");

    public string? ConnectionStringEnvironmentVariable => variable;

    string IManifestExpressionProvider.ValueExpression => $"{{{Name}.connectionString}}";

    /// <summary>The value itself; the resource as a value would be asked for its expression again.</summary>
    private sealed class ConfiguredValue(ConfiguredConnectionString resource) : IValueProvider, IManifestExpressionProvider
    {
        public string ValueExpression => $"{{{resource.Name}.connectionString}}";

        public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult<string?>(resource.CurrentValue);
    }
}
