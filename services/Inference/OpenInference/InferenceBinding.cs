using Grpc.Core;
using ModelOps.Contracts.OpenInference;

namespace ModelOps.Inference.OpenInference;

/// <summary>Binds the protocol's methods. ModelInfer has a marshaller of its own, since most of what a request costs beside the model is reading and writing it.</summary>
internal static class InferenceBinding
{
    private static readonly Marshaller<InferCall> Calls = new(InferCall.Write, InferCall.Read);
    private static readonly Method<InferCall, InferCall> ModelInfer = new(
        MethodType.Unary, GRPCInferenceService.Descriptor.FullName, nameof(InferenceRpc.ModelInfer), Calls, Calls);

    public static void Bind(ServiceBinderBase binder, InferenceRpc? service)
    {
        GRPCInferenceService.BindService(new Others(binder), service);
        binder.AddMethod(ModelInfer, service is null ? null : service.ModelInfer);
    }

    /// <summary>Passes on every method but ModelInfer.</summary>
    private sealed class Others(ServiceBinderBase binder) : ServiceBinderBase
    {
        public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
        {
            if (method.Name != ModelInfer.Name)
            {
                binder.AddMethod(method, handler);
            }
        }

        public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler) =>
            binder.AddMethod(method, handler);

        public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler) =>
            binder.AddMethod(method, handler);

        public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler) =>
            binder.AddMethod(method, handler);
    }
}
