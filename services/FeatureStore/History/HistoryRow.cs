namespace ModelOps.FeatureStore.History;

/// <summary>A row that was checked against its view.</summary>
/// <param name="Entity">Entity key, as <c>EntityKey</c> writes it.</param>
/// <param name="EventTime">Microseconds since 1970.</param>
/// <param name="Packed">The values, as <c>RowCodec</c> writes them.</param>
internal sealed record HistoryRow(byte[] Entity, long EventTime, byte[] Packed);
