using Google.Protobuf;
using ModelOps.Onnx.Schema;

namespace ModelOps.Onnx;

/// <summary>
/// Reads an ONNX file that nobody vouches for: gives its signature, or says which rules it breaks. Meant to be asked
/// before a runtime sees the file; recursion, memory and time are bounded whatever the bytes are.
/// </summary>
/// <param name="limits">Bounds; the defaults when not said.</param>
public sealed class ModelInspector(InspectionLimits? limits = null)
{
    private static readonly MessageParser<ModelProto> Parser = ModelProto.Parser.WithDiscardUnknownFields(true);
    private readonly InspectionLimits _limits = limits ?? new();

    /// <summary>Inspects a file in memory.</summary>
    public ModelInspection Inspect(byte[] model)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var stream = new MemoryStream(model, writable: false);
        return Inspect(stream);
    }

    /// <summary>Inspects a file from its first to its last byte.</summary>
    /// <param name="model">Seekable; read from its start, left open.</param>
    public ModelInspection Inspect(Stream model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (new WireScan(model, _limits).Run() is { } damaged)
        {
            return ModelInspection.Refused([damaged]);
        }
        model.Position = 0;
        try
        {
            using var input = new CodedInputStream(model, leaveOpen: true);
            return Check(Parser.ParseFrom(input));
        }
        catch (InvalidProtocolBufferException e)
        {
            return ModelInspection.Refused([new("model", $"is no ONNX model: {e.Message}")]);
        }
    }

    private ModelInspection Check(ModelProto model)
    {
        var refusals = new Refusals();
        if (model.IrVersion < _limits.MinIrVersion || model.IrVersion > _limits.MaxIrVersion)
        {
            refusals.Add("ir_version", $"must be {_limits.MinIrVersion} to {_limits.MaxIrVersion}, it is {model.IrVersion}");
        }
        var operators = new OperatorCheck(_limits, refusals, model);
        new GraphCheck(_limits, refusals, operators).Check(model);
        var signature = new SignatureReader(_limits, refusals).Read(model, operators.DefaultOpset);
        var metadata = ReadMetadata(model, refusals);
        return refusals.Any ? ModelInspection.Refused(refusals.Items) : ModelInspection.Accepted(signature, metadata);
    }

    private Dictionary<string, string> ReadMetadata(ModelProto model, Refusals refusals)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        if (model.MetadataProps.Count > _limits.MaxMetadataEntries)
        {
            refusals.Add("metadata_props", $"may have at most {_limits.MaxMetadataEntries} entries, it has {model.MetadataProps.Count}");
            return metadata;
        }
        for (var i = 0; i < model.MetadataProps.Count; i++)
        {
            if (!metadata.TryAdd(model.MetadataProps[i].Key, model.MetadataProps[i].Value))
            {
                refusals.Add($"metadata_props[{i}].key", "appears twice");
            }
        }
        return metadata;
    }
}
