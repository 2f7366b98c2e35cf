using Microsoft.ML.OnnxRuntime.Tensors;
using ModelOps.Contracts.OpenInference;
using ModelOps.Inference.Models;
using ModelOps.Inference.Models.Batching;
using ModelOps.Inference.Models.Sessions;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;
using ModelOps.Serving;

namespace ModelOps.Inference.OpenInference;

/// <summary>Answers how a version is served.</summary>
internal sealed class ModelConfigHandler(ModelCatalog catalog)
{
    public Outcome<ModelConfigResponse> Read(string name, string version)
    {
        var found = catalog.Acquire(name, version);
        if (found.Refusal is { } refusal)
        {
            return refusal;
        }
        using var lease = found.Value;
        return new ModelConfigResponse { Config = Describe(lease.Model, ReadyVersions(name)) };
    }

    private IEnumerable<long> ReadyVersions(string name) =>
        catalog.Versions(name) is { } model ? model.Versions.Where(version => version.Value.State == LoadStage.Ready).Select(version => version.Key).Order() : [];

    private static ModelConfig Describe(LoadedModel model, IEnumerable<long> versions)
    {
        var batches = model.MaxBatchSize > 0;
        var config = new ModelConfig
        {
            Name = model.Key.Model,
            Platform = MetadataHandler.Platform,
            Backend = MetadataHandler.Backend,
            VersionPolicy = new() { Specific = new() { Versions = { versions } } },
            MaxBatchSize = model.MaxBatchSize,
            DynamicBatching = batches ? Batching(model.Serving.Batching) : null,
            ModelTransactionPolicy = new() { Decoupled = false },
            ResponseCache = new() { Enable = model.Serving.ResponseCache.Enabled },
        };
        config.Input.AddRange(model.Schema.Inputs.Select(input => Input(input, batches)));
        config.Output.AddRange(model.Schema.Outputs.Select(output => Output(output, batches)));
        config.InstanceGroup.Add(new ModelInstanceGroup { Name = $"{model.Key.Model}_0", Count = model.Instances, Kind = KindOf(model.Provider) });
        config.ModelWarmup.AddRange(model.Serving.WarmUp.BatchSizes.Select(rows => WarmUp(model, rows, batches)));
        return config;
    }

    private static ModelInstanceGroup.Types.Kind KindOf(string provider) =>
        provider == ExecutionProviders.Cpu ? ModelInstanceGroup.Types.Kind.Cpu : ModelInstanceGroup.Types.Kind.Gpu;

    private static ModelDynamicBatching Batching(BatchingConfiguration batching) => new()
    {
        PreferredBatchSize = { batching.PreferredBatchSizes },
        MaxQueueDelayMicroseconds = (ulong)batching.MaxQueueDelayMicroseconds,
        PriorityLevels = batching.PriorityLevels > 1 ? (ulong)batching.PriorityLevels : 0,
        DefaultPriorityLevel = batching.PriorityLevels > 1 ? (ulong)BatchRules.DefaultPriority(batching) : 0,
        DefaultQueuePolicy = new()
        {
            TimeoutAction = (ModelQueuePolicy.Types.TimeoutAction)batching.TimeoutAction,
            DefaultTimeoutMicroseconds = (ulong)batching.QueueTimeoutMicroseconds,
            AllowTimeoutOverride = batching.AllowTimeoutOverride,
            MaxQueueSize = (uint)(batching.MaxQueueSize ?? 0),
        },
    };

    private static ModelInput Input(TensorSchema tensor, bool batches)
    {
        var (dims, reshape) = Dims(tensor.Shape, batches);
        return new() { Name = tensor.Name, DataType = TypeOf(tensor.Datatype), Dims = { dims }, Reshape = reshape };
    }

    private static ModelOutput Output(TensorSchema tensor, bool batches)
    {
        var (dims, reshape) = Dims(tensor.Shape, batches);
        return new() { Name = tensor.Name, DataType = TypeOf(tensor.Datatype), Dims = { dims }, Reshape = reshape };
    }

    private static ModelWarmup WarmUp(LoadedModel model, int rows, bool batches)
    {
        var warmUp = new ModelWarmup { Name = $"{rows} rows", BatchSize = (uint)rows };
        foreach (var input in model.Schema.Inputs)
        {
            var (dims, _) = Dims(input.Shape, batches);
            if (model.Serving.WarmUp.Shapes.TryGetValue(input.Name, out var lengths))
            {
                dims = [.. lengths];
            }
            warmUp.Inputs.Add(input.Name, new() { DataType = TypeOf(input.Datatype), Dims = { dims }, ZeroData = true });
        }
        return warmUp;
    }

    /// <summary>The configuration has no empty dims: a tensor of nothing but a batch dimension has one element a row.</summary>
    private static (long[] Dims, ModelTensorReshape? Reshape) Dims(long[] shape, bool batches)
    {
        var dims = batches && shape.Length > 0 ? shape[1..] : shape;
        return dims.Length > 0 ? (dims, null) : ([1], new ModelTensorReshape());
    }

    private static DataType TypeOf(Datatype datatype) => datatype.ElementType switch
    {
        TensorElementType.Bool => DataType.TypeBool,
        TensorElementType.UInt8 => DataType.TypeUint8,
        TensorElementType.UInt16 => DataType.TypeUint16,
        TensorElementType.UInt32 => DataType.TypeUint32,
        TensorElementType.UInt64 => DataType.TypeUint64,
        TensorElementType.Int8 => DataType.TypeInt8,
        TensorElementType.Int16 => DataType.TypeInt16,
        TensorElementType.Int32 => DataType.TypeInt32,
        TensorElementType.Int64 => DataType.TypeInt64,
        TensorElementType.Float16 => DataType.TypeFp16,
        TensorElementType.Float => DataType.TypeFp32,
        TensorElementType.Double => DataType.TypeFp64,
        TensorElementType.BFloat16 => DataType.TypeBf16,
        _ => DataType.TypeString,
    };
}
