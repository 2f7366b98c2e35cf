using System.Globalization;
using System.Text;

namespace ModelOps.Samples.Fraud;

/// <summary>Makes the CSV that is materialized: the training rows with their times shifted so that the newest row is now.</summary>
public static class HistoryLoader
{
    /// <summary>Writes the rows.</summary>
    /// <param name="rows">The training rows.</param>
    /// <param name="batch">Names the load; part of the transactions' identities.</param>
    /// <param name="now">When the newest row is to have happened.</param>
    public static MemoryStream ToCsv(Transaction[] rows, string batch, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(rows);
        // To the microsecond: a load never falls on the very moments of another one.
        var shift = (now - DateTimeOffset.FromUnixTimeSeconds(rows.Max(row => row.EventTime))).Ticks / TimeSpan.TicksPerMicrosecond / 1e6m;
        var stream = new MemoryStream();
        using var csv = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        csv.Write($"transaction_id,batch,user_id,event_time,{string.Join(',', FraudModel.NumericFeatures)},{FraudModel.CategoricalFeature},label\n");
        for (var i = 0; i < rows.Length; i++)
        {
            var row = rows[i];
            var numbers = string.Join(',', row.Numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture)));
            csv.Write(string.Create(CultureInfo.InvariantCulture, $"{batch}.train.{i:00000},{batch},{row.UserId},{row.EventTime + shift},{numbers},{row.MerchantCategory},{row.Label}\n"));
        }
        csv.Flush();
        stream.Position = 0;
        return stream;
    }
}
