using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using ModelOps.Inference.Models;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;
using ModelOps.Serving;

namespace ModelOps.Inference.Predict;

/// <summary>A feature that a model takes.</summary>
/// <param name="Name">Name of the input, or of the column of the matrix.</param>
/// <param name="Datatype">Type of its value.</param>
internal sealed record FeatureSlot(string Name, Datatype Datatype);

/// <summary>The features of a model, in order, and how values of them become its inputs.</summary>
internal sealed class FeaturePlan
{
    /// <summary>Where defaults stand in a version.</summary>
    public const string DefaultsField = "serving.missing_features.defaults";

    private const int NamesShown = 20;
    private readonly FrozenDictionary<string, int> _byName;
    private readonly bool _isMatrix;

    private FeaturePlan(FeatureSlot[] slots, bool isMatrix, bool allowNaN)
    {
        (Slots, _isMatrix, AllowNaN) = (slots, isMatrix, allowNaN);
        Defaults = new byte[]?[slots.Length];
        _byName = slots.Index().ToFrozenDictionary(slot => slot.Item.Name, slot => slot.Index, StringComparer.Ordinal);
    }

    public FeatureSlot[] Slots { get; }

    /// <summary>Names and types of the features.</summary>
    public IReadOnlyList<(string Name, Datatype Datatype)> Features => Array.ConvertAll(Slots, slot => (slot.Name, slot.Datatype));

    /// <summary>True when the model takes NaN for a value that is missing.</summary>
    public bool AllowNaN { get; }

    /// <summary>By feature: what stands for it when it is missing, in the raw encoding; null: nothing does.</summary>
    public byte[]?[] Defaults { get; }

    /// <summary>Plans for a model, with the defaults of its serving configuration.</summary>
    public static Outcome<FeaturePlan> Of(LoadedModel model) =>
        OfInputs(model).Then<FeaturePlan>(plan => plan.TakeDefaults(model.Serving.MissingFeatures) is { } refusal ? refusal : plan);

    /// <summary>Plans for a model with one input of one column per feature, or one matrix whose columns its metadata names.</summary>
    private static Outcome<FeaturePlan> OfInputs(LoadedModel model)
    {
        var (inputs, names) = (model.Schema.Inputs, model.Card.FeatureNames);
        var isMatrix = inputs is [{ Shape: [_, > 1] }];
        if (!isMatrix && inputs.All(input => input.Shape.All(length => length <= 1)))
        {
            return new FeaturePlan([.. inputs.Select(input => new FeatureSlot(input.Name, input.Datatype))], isMatrix: false, model.Schema.AllowNaN);
        }
        if (isMatrix && names.Length > 0 && names.Distinct(StringComparer.Ordinal).Count() == names.Length)
        {
            return new FeaturePlan([.. names.Select(name => new FeatureSlot(name, inputs[0].Datatype))], isMatrix: true, model.Schema.AllowNaN);
        }
        return new Refusal(
            RefusalKind.FailedPrecondition,
            $"model '{model.Key.Model}' version {model.Version} has no features by name (an input of one column each, or modelops.features in its metadata); use /v2/models/{model.Key.Model}/infer");
    }

    /// <summary>Ordinal of a feature; -1: the model has none of that name.</summary>
    public int Find(string name) => _byName.GetValueOrDefault(name, -1);

    /// <summary>Names for a message; the first ones where there are many.</summary>
    public string Names()
    {
        var shown = string.Join(", ", Slots.Take(NamesShown).Select(slot => $"'{slot.Name}'"));
        return Slots.Length > NamesShown ? $"{shown} and {Slots.Length - NamesShown} more" : shown;
    }

    /// <summary>Binds one row.</summary>
    /// <param name="values">One value per feature, in the raw encoding.</param>
    /// <param name="inputs">What they are bound to.</param>
    public Refusal? Bind(ReadOnlySpan<byte[]?> values, BoundInputs inputs)
    {
        var schemas = inputs.Schema.Inputs;
        for (var i = 0; i < schemas.Length; i++)
        {
            long[] shape = _isMatrix ? [1, Slots.Length] : [.. schemas[i].Shape.Select(_ => 1L)];
            var raw = _isMatrix ? Concatenate(values) : values[i];
            var refusal = inputs.Declare(schemas[i].Name, schemas[i].Datatype.Name, shape, out var ordinal) ?? inputs.Fill(ordinal, raw);
            if (refusal is not null)
            {
                return refusal;
            }
        }
        return inputs.Complete();
    }

    /// <summary>A default is held to the same rules as a value that is sent.</summary>
    private Refusal? TakeDefaults(MissingFeaturesConfiguration missing)
    {
        foreach (var (name, value) in missing.Defaults)
        {
            var ordinal = Find(name);
            var json = new Utf8JsonReader(Encoding.UTF8.GetBytes(value.GetRawText()));
            var broken = ordinal < 0 ? $"is no feature of the model; it takes {Names()}"
                : json.Read() ? FeatureValue.Read(ref json, Slots[ordinal].Datatype, AllowNaN, out Defaults[ordinal])
                : null;
            if (broken is not null)
            {
                return Refusal.Invalid($"{DefaultsField}.{name}", broken);
            }
        }
        return null;
    }

    private static byte[] Concatenate(ReadOnlySpan<byte[]?> values)
    {
        var length = 0;
        foreach (var value in values)
        {
            length += value!.Length;
        }
        var row = new byte[length];
        var rest = row.AsSpan();
        foreach (var value in values)
        {
            value.CopyTo(rest);
            rest = rest[value!.Length..];
        }
        return row;
    }
}
