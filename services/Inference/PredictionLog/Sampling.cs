using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ModelOps.Inference.Models;

namespace ModelOps.Inference.PredictionLog;

/// <summary>
/// Which predictions of a model are logged when not all are: those for which the first eight bytes of SHA-256 over
/// <c>model, line feed, prediction id</c> in UTF-8, read as a big-endian fraction of 2^64, are below the rate. So every replica, every
/// version and a repeat of the same id choose alike, and whoever knows an id can say whether it is logged.
/// </summary>
internal static class Sampling
{
    private const int MostBytes = 1024;

    /// <param name="model">Name of the model, at most 128 characters.</param>
    /// <param name="id">Identity of the prediction, at most 139 characters.</param>
    /// <param name="rate">Share that is logged, 0 to 1.</param>
    public static bool Takes(string model, string id, double rate) => rate >= 1 || (rate > 0 && Fraction(model, id) < rate);

    /// <summary>Which rows of a request are logged.</summary>
    /// <param name="model">The version that answers.</param>
    /// <param name="id">Identity of the request, UTF-8; of several rows each has its place appended.</param>
    /// <param name="rows">Rows of the request.</param>
    /// <param name="places">Where they go; as many of the first rows are looked at as it has room for.</param>
    /// <returns>Their places, ascending.</returns>
    public static ReadOnlySpan<int> Places(LoadedModel model, ReadOnlySpan<byte> id, int rows, Span<int> places)
    {
        var rate = model.Serving.PredictionLog.SampleRate;
        var text = rate >= 1 ? "" : Encoding.UTF8.GetString(id);
        var taken = 0;
        for (var row = 0; row < places.Length; row++)
        {
            if (rate >= 1 || Takes(model.Key.Model, rows == 1 ? text : string.Create(CultureInfo.InvariantCulture, $"{text}#{row}"), rate))
            {
                places[taken++] = row;
            }
        }
        return places[..taken];
    }

    private static double Fraction(string model, string id)
    {
        Span<byte> text = stackalloc byte[MostBytes];
        var length = Encoding.UTF8.GetBytes(model, text);
        text[length++] = (byte)'\n';
        length += Encoding.UTF8.GetBytes(id, text[length..]);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..length], digest);
        return BinaryPrimitives.ReadUInt64BigEndian(digest) / Math.Pow(2, 64);
    }
}
