using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML.OnnxRuntime;

namespace ModelOps.Inference.Models.Sessions;

/// <summary>
/// Optimized graphs beside the artifacts that they were made of. A kept graph is used instead of bytes whose digest the
/// deployment names, so it carries a keyed digest of its own: whoever can write the folder cannot make one that is used.
/// </summary>
internal sealed class OptimizedModels(KeyedDigest digest, TimeProvider clock, ILogger<OptimizedModels> logger)
{
    private const string Prefix = "optimized-";
    private const string Incoming = ".incoming";
    private const int MostPerArtifact = 4;

    /// <summary>Where the graph of a version is kept that fits this machine, this ONNX Runtime and these settings.</summary>
    public static OptimizedPlace PlaceOf(ModelSource source, string settings)
    {
        // Layouts are chosen for the processor at hand.
        var machine = $"{RuntimeInformation.ProcessArchitecture};{Vector256.IsHardwareAccelerated};{Vector512.IsHardwareAccelerated}";
        var identity = $"{source.Sha256};{OrtEnv.Instance().GetVersionString()};{machine};{settings}";
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)).AsSpan(0, 8));
        // Constants that were computed beforehand make it larger, within reason.
        return new(Path.Combine(source.Folder, $"{Prefix}{name}"), identity, MostBytes: (4L * source.Onnx.Length) + (16 << 20));
    }

    /// <summary>The graph that is kept; null when there is none that can be trusted.</summary>
    public byte[]? Read(OptimizedPlace place)
    {
        if (!File.Exists(place.File))
        {
            return null;
        }
        using (var file = File.OpenRead(place.File))
        {
            if (file.Length > KeyedDigest.Length && file.Length <= place.MostBytes)
            {
                var written = new byte[KeyedDigest.Length];
                var graph = new byte[file.Length - written.Length];
                file.ReadExactly(written);
                file.ReadExactly(graph);
                if (CryptographicOperations.FixedTimeEquals(written, Digest(place, graph)))
                {
                    return graph;
                }
            }
        }
        Log.OptimizedModelDropped(logger, place.File);
        Drop(place);
        return null;
    }

    /// <summary>Lets ONNX Runtime write the graph, and keeps it. A file appears whole or not at all.</summary>
    /// <param name="place">Where it is kept.</param>
    /// <param name="write">Makes the session that writes the graph to a path.</param>
    public InferenceSession Keep(OptimizedPlace place, Func<string, InferenceSession> write)
    {
        RemoveOld(place);
        var incoming = $"{place.File}.{Guid.CreateVersion7(clock.GetUtcNow()):N}{Incoming}";
        try
        {
            var session = write(incoming);
            if (new FileInfo(incoming).Length <= place.MostBytes - KeyedDigest.Length)
            {
                var graph = File.ReadAllBytes(incoming);
                File.WriteAllBytes(incoming, [.. Digest(place, graph), .. graph]);
                File.Move(incoming, place.File, overwrite: true);
            }
            return session;
        }
        finally
        {
            File.Delete(incoming);
        }
    }

    /// <summary>Deletes what is kept; where that fails it stays, and is looked at as sharply the next time.</summary>
    public void Drop(OptimizedPlace place)
    {
        try
        {
            if (File.Exists(place.File))
            {
                File.Delete(place.File);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.OptimizedModelStays(logger, place.File, e.Message);
        }
    }

    private byte[] Digest(OptimizedPlace place, byte[] graph) => digest.Of("optimized model", Encoding.UTF8.GetBytes(place.Identity), graph);

    /// <summary>Graphs of earlier settings, and what a crash left behind.</summary>
    private void RemoveOld(OptimizedPlace place)
    {
        var abandoned = clock.GetUtcNow().UtcDateTime.AddDays(-1);
        var files = new DirectoryInfo(Path.GetDirectoryName(place.File)!).GetFiles($"{Prefix}*");
        var incoming = files.Where(file => file.Extension == Incoming && file.LastWriteTimeUtc < abandoned);
        var surplus = files.Where(file => file.Extension != Incoming).OrderByDescending(file => file.LastWriteTimeUtc).Skip(MostPerArtifact - 1);
        foreach (var file in incoming.Concat(surplus))
        {
            file.Delete();
        }
    }
}

/// <summary>A file for an optimized graph.</summary>
/// <param name="File">Its path.</param>
/// <param name="Identity">What it was made of, for whom.</param>
/// <param name="MostBytes">Larger ones are not kept.</param>
internal sealed record OptimizedPlace(string File, string Identity, long MostBytes);
