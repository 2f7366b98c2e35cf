using Google.Protobuf.Collections;
using ModelOps.Contracts.OpenInference;
using ModelOps.Inference.Models;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;
using Choice = ModelOps.Contracts.OpenInference.InferParameter.ParameterChoiceOneofCase;

namespace ModelOps.Inference.OpenInference;

/// <summary>The rules for parameters of requests; those of the gRPC form are read here.</summary>
internal static class InferParameterRules
{
    public const string ReservedPrefix = "triton_";
    public const string Reserved = "is reserved; parameters that start with triton_ mean nothing here";
    public const string NoSharedMemory = "is not supported: tensors travel in the request; there is no shared memory";
    public const string SharedMemoryRegion = "shared_memory_region";
    public const string EmptyFinalResponse = "triton_enable_empty_final_response";

    /// <summary>Reads a request's parameters.</summary>
    /// <param name="parameters">By name.</param>
    /// <param name="read">What they ask of the scheduler.</param>
    private static Refusal? Read(MapField<string, InferParameter> parameters, out RunPreferences read)
    {
        read = default;
        foreach (var (name, value) in parameters)
        {
            if (Take(name, value, ref read) is { } rule)
            {
                return Refusal.Invalid($"parameters.{name}", rule);
            }
        }
        return null;
    }

    /// <summary>Checks the parameters of a request and of its tensors.</summary>
    /// <param name="request">The request.</param>
    /// <param name="schema">The tensors of its model.</param>
    /// <param name="preferences">What they ask of the scheduler.</param>
    public static Refusal? Check(ModelInferRequest request, ModelSchema schema, out RunPreferences preferences)
    {
        preferences = default;
        foreach (var input in request.Inputs)
        {
            if (input.Parameters.Count > 0 && input.Parameters.ContainsKey(SharedMemoryRegion))
            {
                return Refusal.Invalid($"inputs.{input.Name}", NoSharedMemory);
            }
        }
        foreach (var output in request.Outputs)
        {
            if (output.Parameters.Count > 0 && CheckOutput(output, schema) is { } rule)
            {
                return Refusal.Invalid($"outputs.{output.Name}", rule);
            }
        }
        return request.Parameters.Count == 0 ? null : Read(request.Parameters, out preferences);
    }

    /// <summary>How many classes of an output are wanted; 0: the output itself is.</summary>
    public static int ClassesOf(ModelInferRequest.Types.InferRequestedOutputTensor output) =>
        output.Parameters.Count > 0 && output.Parameters.TryGetValue(Classification.Parameter, out var value) && TryGetInteger(value, out var classes)
            ? (int)Math.Min(classes, int.MaxValue)
            : 0;

    /// <summary>True when a request of a stream wants to be told with its answer that there is no further one.</summary>
    public static bool WantsFinalMark(MapField<string, InferParameter> parameters) =>
        parameters.TryGetValue(EmptyFinalResponse, out var value) && value.BoolParam;

    private static string? CheckOutput(ModelInferRequest.Types.InferRequestedOutputTensor output, ModelSchema schema)
    {
        if (output.Parameters.ContainsKey(SharedMemoryRegion))
        {
            return NoSharedMemory;
        }
        if (!output.Parameters.TryGetValue(Classification.Parameter, out var classes))
        {
            return null;
        }
        var ordinal = schema.FindOutput(output.Name);
        return !TryGetInteger(classes, out _) ? "has a classification that is no integer of 0 or more"
            : ordinal >= 0 && ClassesOf(output) > 0 && !Classification.IsPossible(schema.Outputs[ordinal].Datatype) ? Classification.Rule
            : null;
    }

    /// <returns>The rule that is broken; null when none is.</returns>
    private static string? Take(string name, InferParameter value, ref RunPreferences read)
    {
        switch (name)
        {
            case "priority" when TryGetInteger(value, out var priority):
                read = read with { Priority = priority };
                return null;
            case "timeout" when TryGetInteger(value, out var timeout) && timeout <= long.MaxValue:
                read = read with { TimeoutMicroseconds = (long)timeout };
                return null;
            case "priority" or "timeout":
                return "must be an integer of 0 or more";
            case EmptyFinalResponse:
                return value.ParameterChoiceCase == Choice.BoolParam ? null : "must be a boolean";
            default:
                return name.StartsWith(ReservedPrefix, StringComparison.Ordinal) ? Reserved : null;
        }
    }

    private static bool TryGetInteger(InferParameter value, out ulong integer)
    {
        var isSigned = value.ParameterChoiceCase == Choice.Int64Param;
        integer = isSigned ? (ulong)Math.Max(value.Int64Param, 0) : value.Uint64Param;
        return isSigned ? value.Int64Param >= 0 : value.ParameterChoiceCase == Choice.Uint64Param;
    }
}
