using ModelOps.Contracts.Features.V1;
using ModelOps.Retrainer.TrainingSets;
using ValueType = ModelOps.Contracts.Features.V1.ValueType;

namespace ModelOps.Retrainer.Tests.TrainingSets;

public sealed class TrainingSetFormatTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Column[] Columns = [new("amount", ValueType.Double), new("category", ValueType.String)];

    [Fact]
    public void What_is_written_is_read_again()
    {
        var text = TrainingSetFormat.Write(Columns, [Row(0, 1, 0.1, "a\n\"ü\"", 0), Row(1, 2, null, null, 1)]);

        var set = TrainingSetFormat.Read(text.Text);

        Assert.Equal(Columns, set.Columns);
        Assert.Equal([Noon, Noon.AddSeconds(1)], set.Rows.Select(row => row.EventTime));
        Assert.Equal([0.1, double.NaN], set.Numbers(0));
        Assert.Equal<string?[]>(["a\n\"ü\"", null], set.Texts(1));
        Assert.Equal([0, 1], set.Labels());
    }

    [Fact]
    public void Neither_the_order_of_arrival_nor_repeats_nor_a_shift_in_time_change_the_digest()
    {
        DraftRow[] rows = [Row(0, 1, 1, "a", 0), Row(5, 1, 2, "b", 1), Row(5, 2, 3, "c", 0)];
        var shift = TimeSpan.FromTicks(12_345_678);

        var first = TrainingSetFormat.Write(Columns, rows);
        var again = TrainingSetFormat.Write(Columns, [rows[2], rows[1], rows[0], rows[1]]);
        var shifted = TrainingSetFormat.Write(Columns, rows.Select(row => row with { EventTime = row.EventTime + shift }));

        Assert.Equal(first.Text, again.Text);
        Assert.Equal((first.Sha256, 3, 1), (again.Sha256, again.Rows, again.Duplicates));
        Assert.Equal(first.Sha256, shifted.Sha256);
        Assert.NotEqual(first.Text, shifted.Text);
    }

    [Fact]
    public void Another_value_label_entity_or_order_in_time_is_another_digest()
    {
        DraftRow[] rows = [Row(0, 1, 1, "a", 0), Row(1, 2, 2, "b", 1)];
        DraftRow[][] others =
        [
            [Row(0, 1, 1.5, "a", 0), rows[1]],
            [Row(0, 1, 1, "a", 1), rows[1]],
            [Row(0, 3, 1, "a", 0), rows[1]],
            [Row(2, 1, 1, "a", 0), rows[1]],
            [rows[0]],
        ];

        var digests = others.Append(rows).Select(set => TrainingSetFormat.Write(Columns, set).Sha256);

        Assert.Equal(6, digests.Distinct().Count());
    }

    [Fact]
    public void Of_ten_consecutive_rows_the_last_are_held_out()
    {
        var set = TrainingSetFormat.Read(TrainingSetFormat.Write(Columns, Enumerable.Range(0, 25).Select(i => Row(i, 1, i, "a", 0))).Text);

        Assert.Equal([7, 8, 9, 17, 18, 19], set.Split(3, heldOut: true).Numbers(0));
        Assert.Equal(19, set.Split(3, heldOut: false).Rows.Count);
    }

    private static DraftRow Row(int seconds, long user, double? amount, string? category, int label) =>
        new(Noon.AddSeconds(seconds), [new Value { Int64Value = user }], [amount, category], label);
}
