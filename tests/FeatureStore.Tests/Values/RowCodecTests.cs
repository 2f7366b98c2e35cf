using ModelOps.FeatureStore.Values;

namespace ModelOps.FeatureStore.Tests.Values;

public sealed class RowCodecTests
{
    private const long Time = 1_735_689_727_123_456;

    private static readonly Field[] Schema =
    [
        new("a", FeatureType.Double), new("b", FeatureType.Int64), new("c", FeatureType.Bool), new("d", FeatureType.String), new("e", FeatureType.String),
        new("f", FeatureType.Double), new("g", FeatureType.Int64), new("h", FeatureType.Bool), new("i", FeatureType.Double),
    ];

    private static readonly FeatureValue[] Values =
    [
        FeatureValue.Of(-0.1), FeatureValue.Of(long.MinValue), FeatureValue.Of(true), FeatureValue.Of("größe 😀"), FeatureValue.Of(""), default, default, FeatureValue.Of(false), default,
    ];

    [Fact]
    public void A_row_comes_back_as_it_was()
    {
        var row = RowCodec.Unpack(RowCodec.Pack(3, Time, Values), 3, Schema)!;

        Assert.Equal(Time, row.EventTime);
        Assert.Equal(Values, row.Values);
    }

    [Fact]
    public void The_bytes_on_disk_are_these()
    {
        var row = RowCodec.Pack(2, -1, [FeatureValue.Of(1.5), default, FeatureValue.Of("ä"), FeatureValue.Of(true), FeatureValue.Of(-2L)]);

        Assert.Equal("0100000002" + "7fffffffffffffff" + "0005" + "02" + "3ff8000000000000" + "0002c3a4" + "01" + "fffffffffffffffe", Convert.ToHexStringLower(row));
    }

    [Fact]
    public void A_row_of_an_older_schema_lacks_the_last_values_and_one_of_a_newer_is_read_as_far_as_it_goes()
    {
        var older = RowCodec.Unpack(RowCodec.Pack(1, Time, Values.AsSpan(0, 4)), 2, Schema)!;
        var newer = RowCodec.Unpack(RowCodec.Pack(2, Time, Values), 1, Schema[..4])!;

        Assert.Equal([.. Values[..4], default, default, default, default, default], older.Values);
        Assert.Equal(Values[..4], newer.Values);
    }

    [Fact]
    public void Bytes_that_are_no_row_of_the_schema_are_refused()
    {
        var row = RowCodec.Pack(3, Time, Values);
        byte[] With(int at, byte value) => [.. row[..at], value, .. row[(at + 1)..]];

        Assert.All(Enumerable.Range(0, row.Length), length => Assert.Null(RowCodec.Unpack(row.AsSpan(0, length), 3, Schema)));
        Assert.Null(RowCodec.Unpack([.. row, 0], 3, Schema));
        Assert.Null(RowCodec.Unpack(With(0, 2), 3, Schema)); // another format
        Assert.Null(RowCodec.Unpack(With(14, 10), 3, Schema)); // more values than the schema has
        Assert.Null(RowCodec.Unpack(With(16, 0x81), 3, Schema)); // a null bit of no value
        Assert.Null(RowCodec.Unpack(With(17, 0x7f), 3, Schema) is { } infinite && !double.IsFinite(infinite.Values[0].Double) ? infinite : null);
        Assert.Null(RowCodec.Unpack(With(33, 2), 3, Schema)); // neither true nor false
        Assert.Null(RowCodec.Unpack(With(38, 0xff), 3, Schema)); // no UTF-8
        Assert.NotNull(RowCodec.Unpack(row, 3, Schema));
    }

    [Fact]
    public void Random_bytes_never_do_more_than_be_refused()
    {
        var random = new Random(11);
        var row = RowCodec.Pack(3, Time, Values);
        for (var i = 0; i < 20_000; i++)
        {
            var damaged = row.ToArray();
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);

            var read = RowCodec.Unpack(damaged.AsSpan(0, random.Next(damaged.Length + 1)), 3, Schema);

            Assert.True(read is null || read.Values.Length == Schema.Length);
        }
    }

    [Fact]
    public void Entity_keys_sort_as_bytes_as_they_sort_as_values()
    {
        long[] keys = [long.MinValue, -256, -1, 0, 1, 255, 256, long.MaxValue];

        var bytes = keys.Select(key => EntityKey.ToBytes(FeatureValue.Of(key))).ToArray();

        Assert.All(bytes.Zip(bytes.Skip(1)), pair => Assert.True(pair.First.AsSpan().SequenceCompareTo(pair.Second) < 0));
        Assert.Equal(keys, bytes.Select(key => EntityKey.FromBytes(key, FeatureType.Int64).Bits));
    }

    [Theory]
    [InlineData("2026-01-01T00:00:00Z", 1_767_225_600_000_000)]
    [InlineData("2026-01-01T01:30:00.5+01:30", 1_767_225_600_500_000)]
    [InlineData("2026-01-01T00:00:00.123456789Z", 1_767_225_600_123_456)]
    [InlineData("1735689727", 1_735_689_727_000_000)]
    [InlineData("1735689727.000001", 1_735_689_727_000_001)]
    [InlineData("-0.5", -500_000L)]
    [InlineData("2026-01-01T00:00:00", null)]
    [InlineData("2026-01-01", null)]
    [InlineData("2026-13-01T00:00:00Z", null)]
    [InlineData("99999999999999999999", null)]
    [InlineData("NaN", null)]
    [InlineData("1e9", null)]
    [InlineData("", null)]
    public void Times_are_read_to_the_microsecond_or_not_at_all(string text, long? expected)
    {
        var isTime = EventTime.TryParse(System.Text.Encoding.UTF8.GetBytes(text), out var time);

        Assert.Equal(expected, isTime ? time : null);
    }
}
