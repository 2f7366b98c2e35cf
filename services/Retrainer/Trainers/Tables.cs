using ModelOps.Retrainer.TrainingSets;
using ModelOps.Statistics.Profiles;
using ModelOps.Training.Data;

namespace ModelOps.Retrainer.Trainers;

/// <summary>A training set in the form that trainers and profiles take. Pure.</summary>
internal static class Tables
{
    /// <summary>The table a trainer learns from. A category that is missing is none of the known ones, a missing number is NaN.</summary>
    public static TrainingTable ToTable(this TrainingSet set)
    {
        var table = new TrainingTable.Builder();
        for (var i = 0; i < set.Columns.Count; i++)
        {
            var column = set.Columns[i];
            if (column.IsNumeric)
            {
                table.Add(new NumericColumn(column.Name), set.Numbers(i).Select(value => (float)value));
            }
            else
            {
                var texts = set.Texts(i);
                // No known category is empty-handed: a text that is not among them has no code.
                table.Add(CategoricalColumn.Of(column.Name, texts.OfType<string>()), texts.Select(text => text ?? Missing(texts)));
            }
        }
        return table.Build(set.Labels());
    }

    /// <summary>How the values of the rows are distributed: what later values are compared with.</summary>
    public static ReferenceProfile ToProfile(this TrainingSet set) => ReferenceProfile.Build(
        [.. set.Columns.Select((column, i) => column.IsNumeric
            ? (ProfileColumn)new NumericProfileColumn(column.Name, set.Numbers(i))
            : new CategoricalProfileColumn(column.Name, set.Texts(i)))]);

    /// <summary>A text that no row has.</summary>
    private static string Missing(string?[] texts)
    {
        var longest = texts.Max(text => text?.Length ?? 0);
        return new string('\0', longest + 1);
    }
}
