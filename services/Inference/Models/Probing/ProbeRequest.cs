using System.Text.Json;
using System.Text.Json.Serialization;
using ModelOps.Serving;

namespace ModelOps.Inference.Models.Probing;

/// <summary>What the child process is told: this as JSON after its length, then the model, both through its standard input.</summary>
internal sealed record ProbeRequest
{
    /// <summary>Size of the model in bytes.</summary>
    public required int ModelBytes { get; init; }

    /// <summary>Shapes of the run.</summary>
    public required WarmUpConfiguration WarmUp { get; init; }

    /// <summary>How long the run may take before ONNX Runtime is told to stop.</summary>
    public required TimeSpan RunTime { get; init; }

    /// <summary>Processor seconds after which the system ends the process.</summary>
    public required ulong ProcessorSeconds { get; init; }

    /// <summary>Bytes of memory beyond what the process has at its start.</summary>
    public required ulong MemoryBytes { get; init; }

    /// <summary>Most bytes that the outputs of the run may take.</summary>
    public required long OutputBytes { get; init; }

    public static async Task WriteAsync(ProbeRequest request, byte[] onnx, Stream stream, CancellationToken ct)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(request, ProbeJson.Default.ProbeRequest);
        await stream.WriteAsync(BitConverter.GetBytes(json.Length), ct);
        await stream.WriteAsync(json, ct);
        await stream.WriteAsync(onnx, ct);
        await stream.FlushAsync(ct);
    }

    public static (ProbeRequest Request, byte[] Onnx) Read(Stream stream)
    {
        var request = JsonSerializer.Deserialize(Read(stream, BitConverter.ToInt32(Read(stream, sizeof(int)))), ProbeJson.Default.ProbeRequest)!;
        return (request, Read(stream, request.ModelBytes));
    }

    private static byte[] Read(Stream stream, int length)
    {
        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}

[JsonSerializable(typeof(ProbeRequest))]
internal sealed partial class ProbeJson : JsonSerializerContext;
