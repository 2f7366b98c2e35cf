using ModelOps.Contracts.Monitor.V1;
using ModelOps.Inference.PredictionLog;

namespace ModelOps.Inference.Tests.Support;

/// <summary>What lies in the files of a prediction log.</summary>
internal static class LogFiles
{
    public static List<PredictionRecord> Read(string root)
    {
        var records = new List<PredictionRecord>();
        foreach (var file in Directory.EnumerateFiles(root, "*.log", SearchOption.AllDirectories))
        {
            ReadOnlySpan<byte> bytes = File.ReadAllBytes(file);
            var layouts = new Dictionary<int, PredictionLayout>();
            while (SegmentFormat.Read(bytes, out var payload) == FrameState.Whole)
            {
                if (SegmentFormat.Split(payload, out var layout, out var rest) == 0)
                {
                    layouts.Add(layout, PredictionLayout.Parser.ParseFrom(rest));
                }
                else
                {
                    records.AddRange(PredictionRows.Of(new PredictionBatch { Layouts = { layouts[layout] }, Blocks = { PredictionBlock.Parser.ParseFrom(rest) } }));
                }
                bytes = bytes[(SegmentFormat.HeaderSize + payload.Length)..];
            }
        }
        return records;
    }
}
