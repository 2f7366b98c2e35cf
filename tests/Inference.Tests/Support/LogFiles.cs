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
            while (SegmentFormat.Read(bytes, out var payload) == FrameState.Whole)
            {
                SegmentFormat.Split(payload, out var layout, out var block);
                records.AddRange(PredictionRows.Of(new PredictionBatch { Layouts = { PredictionLayout.Parser.ParseFrom(layout) }, Blocks = { PredictionBlock.Parser.ParseFrom(block) } }));
                bytes = bytes[(SegmentFormat.HeaderSize + payload.Length)..];
            }
        }
        return records;
    }
}
