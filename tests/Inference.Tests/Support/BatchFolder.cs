using System.Globalization;
using System.Text.RegularExpressions;

namespace ModelOps.Inference.Tests.Support;

/// <summary>A folder of batch jobs with rows for the model with named features.</summary>
internal sealed partial class BatchFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("modelops-jobs-").FullName;

    public string this[string file] => Path.Combine(Root, file);

    /// <summary>Writes rows; every thousandth is bad.</summary>
    public void Write(string file, int rows) => File.WriteAllText(this[file], "id,amount,channel\n" + string.Concat(Enumerable.Range(0, rows).Select(i =>
        string.Create(CultureInfo.InvariantCulture, $"{i},{(i % 1_000 == 999 ? "bad" : ((i % 200) - 100) / 10.0)},\"web\n{i % 3}\"\n"))));

    /// <summary>A file without the times in it.</summary>
    public string Read(string file) => Times().Replace(File.ReadAllText(this[file]), "<time>");

    /// <summary>Chunks of a job under way that are done.</summary>
    public int ChunksOf(string output) => Directory.Exists(this[$"{output}.batch"]) ? Directory.EnumerateFiles(this[$"{output}.batch"], "chunk-*.json").Count() : 0;

    public void Dispose() => Directory.Delete(Root, recursive: true);

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")]
    private static partial Regex Times();
}
