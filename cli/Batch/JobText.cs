using System.Globalization;

namespace ModelOps.Cli.Batch;

/// <summary>A job in one line.</summary>
internal static class JobText
{
    public static string Line(BatchJobView job)
    {
        var share = job.BytesTotal > 0 ? (double)job.Bytes / job.BytesTotal : 0;
        var version = job.ModelVersion is { } known ? $" version {known}" : "";
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{job.Id}  {job.State,-9}  {share,4:P0}  {job.Rows} rows, {job.Rejected} rejected, {job.RowsPerSecond:F0} rows/s  {job.Request.Model}{version}: {job.Request.Input} -> {job.Request.Output}");
        return job switch
        {
            { Error.Length: > 0 } => $"{line}  ({job.Error})",
            { RejectedOutput.Length: > 0 } => $"{line}  (reasons in {job.RejectedOutput})",
            _ => line,
        };
    }
}
