using ModelOps.FeatureStore.Values;

namespace ModelOps.FeatureStore.Definitions;

/// <summary>A definitions file as it was written; every name is well formed, whether it refers to something is not checked.</summary>
internal sealed record DefinitionFile(
    IReadOnlyList<Entity> Entities, IReadOnlyList<ViewDefinition> Views, IReadOnlyList<ServiceDefinition> Services);

/// <summary>A view in a file.</summary>
internal sealed record ViewDefinition(
    int Line, string Name, string Entity, long TtlSeconds, bool Online, string EventTimeColumn, IReadOnlyList<Field> Schema);

/// <summary>A feature service in a file.</summary>
internal sealed record ServiceDefinition(int Line, string Name, IReadOnlyList<FeatureTerm> Features);

/// <summary>One entry of a service: a feature of a view, or, without a feature, all of them.</summary>
internal sealed record FeatureTerm(int Line, string View, string? Feature);
