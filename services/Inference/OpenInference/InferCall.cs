using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using ModelOps.Contracts.OpenInference;
using ModelOps.Inference.Models;
using ModelOps.Inference.Tensors;

namespace ModelOps.Inference.OpenInference;

/// <summary>
/// One ModelInfer call over gRPC: the bytes of its request, then its answer, which is written out of the memory of the run. Calls are
/// used again; one that is lost on its way gives back what it holds when it is collected.
/// </summary>
internal sealed class InferCall : IDisposable
{
    private const int MostPooled = 256;
    private static readonly ConcurrentQueue<InferCall> Pool = new();
    private static int _pooled;
    private readonly PlainRequest _plain = new();
    private byte[]? _bytes;
    private int _length;
    private string _modelName = "";
    private string _modelVersion = "";
    private LoadedModel? _model;
    private InferenceResult? _result;

    private InferCall()
    {
    }

    ~InferCall() => GiveBack();

    /// <summary>The request as a message; null when it has the plain form.</summary>
    public ModelInferRequest? Message { get; private set; }

    /// <summary>The answer as a message; null when it is written out of the run's memory.</summary>
    public ModelInferResponse? Answer { get; set; }

    public string ModelName => _modelName;

    public string ModelVersion => _modelVersion;

    private ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Reads a request.</summary>
    public static InferCall Read(DeserializationContext context)
    {
        var call = Pool.TryDequeue(out var pooled) ? pooled : new InferCall();
        if (pooled is not null)
        {
            Interlocked.Decrement(ref _pooled);
        }
        try
        {
            call.Take(context.PayloadAsReadOnlySequence());
            return call;
        }
        catch
        {
            call.Dispose();
            throw;
        }
    }

    /// <summary>Writes the answer, and gives back what the call holds.</summary>
    public static void Write(InferCall call, SerializationContext context)
    {
        using (call)
        {
            if (call.Answer is { } message)
            {
                context.SetPayloadLength(message.CalculateSize());
                message.WriteTo(context.GetBufferWriter());
            }
            else
            {
                PlainAnswer.Write(context, call.Bytes, call._plain, call._model!, call._result!);
            }
            context.Complete();
        }
    }

    /// <summary>The request as a message, whatever its form was.</summary>
    public ModelInferRequest ToMessage() => Message ??= ModelInferRequest.Parser.ParseFrom(Bytes);

    /// <summary>Binds a plain request to a model.</summary>
    /// <returns>False when something is not as the model takes it; read as a message, it says what.</returns>
    public bool TryBind(LoadedModel model, BoundInputs inputs, out OutputSelection outputs)
    {
        outputs = model.AllOutputs;
        if (Message is not null || !TrySelect(model, ref outputs))
        {
            return false;
        }
        for (var i = 0; i < _plain.Inputs.Count; i++)
        {
            var input = _plain.Inputs[i];
            var raw = _plain.Raw[i];
            if (!inputs.TryDeclare(TextOf(input.Name), TextOf(input.Datatype), _plain.Shape(input), i, out var ordinal)
                || inputs.Fill(ordinal, _bytes.AsMemory(raw.Start, raw.Length)) is not null)
            {
                return false;
            }
        }
        return inputs.Complete() is null;
    }

    /// <summary>Keeps a model loaded until the answer is written.</summary>
    /// <param name="lease">The call's from now on.</param>
    public void Hold(ModelLease lease) => _model = lease.Model;

    /// <summary>Answers with the outputs of a run of the model that it holds.</summary>
    /// <param name="result">The outputs; the call's from now on.</param>
    public void Complete(InferenceResult result) => _result = result;

    public void Dispose()
    {
        GiveBack();
        if (Interlocked.Increment(ref _pooled) <= MostPooled)
        {
            Pool.Enqueue(this);
        }
        else
        {
            Interlocked.Decrement(ref _pooled);
            GC.SuppressFinalize(this);
        }
    }

    private void Take(ReadOnlySequence<byte> payload)
    {
        _length = checked((int)payload.Length);
        _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(1, _length));
        payload.CopyTo(_bytes);
        Message = _plain.TryRead(Bytes) ? null : ModelInferRequest.Parser.ParseFrom(Bytes);
        if (Message is { } message)
        {
            (_modelName, _modelVersion) = (message.ModelName, message.ModelVersion);
        }
        else
        {
            Remember(ref _modelName, TextOf(_plain.ModelName));
            Remember(ref _modelVersion, TextOf(_plain.ModelVersion));
        }
    }

    private bool TrySelect(LoadedModel model, ref OutputSelection outputs)
    {
        if (_plain.Outputs.Count == 0)
        {
            return true;
        }
        var names = new string[_plain.Outputs.Count];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = Encoding.UTF8.GetString(TextOf(_plain.Outputs[i]));
        }
        var refused = OutputSelection.Find(model.Schema, names, out var found);
        outputs = found ?? outputs;
        return refused is null;
    }

    private ReadOnlySpan<byte> TextOf(Slice slice) => Bytes.Slice(slice.Start, slice.Length);

    /// <summary>The call that had this memory before mostly asked for the same model: its name need not be made again.</summary>
    private static void Remember(ref string text, ReadOnlySpan<byte> utf8)
    {
        if (!Ascii.Equals(utf8, text))
        {
            text = Encoding.UTF8.GetString(utf8);
        }
    }

    private void GiveBack()
    {
        _result?.Dispose();
        _model?.Release();
        if (_bytes is { } bytes)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
        (_result, _model, _bytes, _length, Message, Answer) = (null, null, null, 0, null, null);
    }
}
