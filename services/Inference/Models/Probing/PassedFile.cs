using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using ModelOps.Inference.Models.Sessions;

namespace ModelOps.Inference.Models.Probing;

/// <summary>A file beside an artifact that says it was tried and passed: a keyed digest, so that no other hand can say so.</summary>
internal sealed class PassedFile
{
    private readonly string _path;
    private readonly byte[] _digest;

    private PassedFile(string path, byte[] digest) => (_path, _digest) = (path, digest);

    public static PassedFile Of(ModelSource source, KeyedDigest digest)
    {
        var warmUp = JsonSerializer.Serialize(source.Serving.WarmUp, ProbeJson.Default.WarmUpConfiguration);
        var identity = Encoding.UTF8.GetBytes($"{source.Sha256};{OrtEnv.Instance().GetVersionString()};{warmUp}");
        return new(Path.Combine(source.Folder, $"passed-{Convert.ToHexStringLower(SHA256.HashData(identity).AsSpan(0, 8))}"), digest.Of("probe", identity));
    }

    public bool Exists() =>
        new FileInfo(_path) is { Exists: true } file && file.Length == _digest.Length && CryptographicOperations.FixedTimeEquals(File.ReadAllBytes(_path), _digest);

    /// <returns>Why it could not be written; null when it was.</returns>
    public string? Write()
    {
        try
        {
            File.WriteAllBytes(_path, _digest);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
