using ModelOps.FeatureStore.Values;
using Npgsql;

namespace ModelOps.FeatureStore.History;

/// <summary>Columns of a row that is in memory already.</summary>
internal static class HistoryReader
{
    public static byte[] Bytes(this NpgsqlDataReader reader, int column) => reader.GetFieldValue<byte[]>(column);

    public static DateTimeOffset Moment(this NpgsqlDataReader reader, int column) => new(reader.GetFieldValue<DateTime>(column));

    /// <summary>Microseconds since 1970.</summary>
    public static long Time(this NpgsqlDataReader reader, int column) => EventTime.Of(reader.Moment(column));
}
