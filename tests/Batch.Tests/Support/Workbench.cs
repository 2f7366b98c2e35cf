using System.Text.RegularExpressions;
using ModelOps.Batch.Models;
using ModelOps.Batch.Runs;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Batch.Tests.Support;

/// <summary>A folder with an input and what jobs make of it.</summary>
internal sealed partial class Workbench : IDisposable
{
    private static readonly RetryPolicy Quick = new(3, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5));
    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-batch-").FullName;

    public string this[string file] => Path.Combine(_folder, file);

    public string Write(string file, string text)
    {
        File.WriteAllText(this[file], text);
        return this[file];
    }

    public BatchSpec Spec(string input, string output, int chunkRows = 10) => new("risk", null, this[input], this[output], RecordFormats.Of(null, input, output).Value)
    {
        ChunkRows = chunkRows,
        RequestRows = 4,
    };

    public static BatchRun JobOf(BatchSpec spec, IBatchPredictor predictor) => new(spec, predictor, TimeProvider.System, Quick);

    public static Task<Outcome<BatchSummary>> RunAsync(BatchSpec spec, IBatchPredictor predictor) => JobOf(spec, predictor).RunAsync(CancellationToken.None);

    /// <summary>A file without the times in it.</summary>
    public string Read(string file) => Times().Replace(File.ReadAllText(this[file]), "<time>");

    public string[] Lines(string file) => Read(file).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Everything that is there, by name.</summary>
    public string[] Names() => [.. Directory.EnumerateFileSystemEntries(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];

    public static string Rows(int count, Func<int, string> row) => string.Concat(Enumerable.Range(0, count).Select(i => row(i) + "\n"));

    /// <summary>Rows of CSV, some of them over two lines.</summary>
    public static string Csv(int count) => "id,amount,channel\n" + Rows(count, i => $"{i},{i % 100}.5,{(i % 7 == 0 ? "\"two\nlines, \"\"quoted\"\"\"" : "web")}");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")]
    private static partial Regex Times();
}
