using ModelOps.FeatureStore.Definitions;
using ModelOps.FeatureStore.History;
using ModelOps.FeatureStore.Ingestion;

namespace ModelOps.FeatureStore.Api;

/// <summary>What can be done about definitions.</summary>
internal sealed record DefinitionCommands(ApplyDefinitionsHandler Apply, DefinitionQueries Queries);

/// <summary>How rows come in.</summary>
internal sealed record IngestionCommands(MaterializeHandler Materialize, PushHandler Push, IngestionLimits Limits);

/// <summary>What can be asked about the history.</summary>
internal sealed record HistoryQueries(JoinHistoryHandler Join, ReadHistoryHandler Read);
