using Google.Protobuf.Reflection;
using Microsoft.Extensions.Options;
using ModelOps.Contracts.OpenInference;
using ModelOps.Gateway.Edge;
using ModelOps.ServiceDefaults.Security;
using Service = ModelOps.Contracts.OpenInference.GRPCInferenceService.GRPCInferenceServiceClient;

namespace ModelOps.Gateway.Routing;

/// <summary>The Open Inference gRPC service, passed on call by call without decoding a message.</summary>
internal static class InferenceRpcEndpoints
{
    public static void MapInferenceRpc(this IEndpointRouteBuilder endpoints)
    {
        var service = $"/{GRPCInferenceService.Descriptor.FullName}";
        var group = endpoints.MapGroup(service).RequireAuthorization(Policies.Read);
        foreach (var method in GRPCInferenceService.Descriptor.Methods)
        {
            var call = group.MapPost($"/{method.Name}", HandlerOf(method));
            if (method.Name is nameof(Service.RepositoryModelLoad) or nameof(Service.RepositoryModelUnload))
            {
                call.RequireAuthorization(Policies.Write);
            }
        }
        group.MapPost("/{method}", (HttpContext context, string method) =>
            EdgeError.Unimplemented($"{service[1..]} has no method '{method}' here").WriteAsync(context));
    }

    private static Delegate HandlerOf(MethodDescriptor method) => method.Name switch
    {
        nameof(Service.RepositoryModelLoad) or nameof(Service.RepositoryModelUnload) => InferenceEndpoints.NoRepository.WriteAsync,
        nameof(Service.RepositoryIndex) => ForAnyAsync, // its field 1 names no model
        nameof(Service.ModelStatistics) => ForModelOrAnyAsync,
        nameof(Service.ModelStreamInfer) => ForStreamAsync,
        // Requests about a model carry its name in field 1, whatever the field is called.
        _ when method.InputType.FindFieldByNumber(1) is not null => ForModelAsync,
        _ => ForAnyAsync,
    };

    private static Task ForModelAsync(HttpContext context, ModelForwarding forwarding, IOptions<RoutingOptions> options) =>
        ForNamedAsync(context, forwarding, options.Value, mayNameNone: false);

    private static Task ForModelOrAnyAsync(HttpContext context, ModelForwarding forwarding, IOptions<RoutingOptions> options) =>
        ForNamedAsync(context, forwarding, options.Value, mayNameNone: true);

    /// <summary>The first message of a stream says where all of it goes.</summary>
    private static async Task ForStreamAsync(HttpContext context, ModelForwarding forwarding, IOptions<RoutingOptions> options)
    {
        BodyLimit.Lift(context);
        await ToModelAsync(context, await PeekAsync(context, options.Value), forwarding);
    }

    private static async Task ForNamedAsync(HttpContext context, ModelForwarding forwarding, RoutingOptions limits, bool mayNameNone)
    {
        const int Framing = 1_024; // the body is the message and its frame
        if (BodyLimit.Set(context, limits.MaxRequestBytes + Framing) is { } tooLarge)
        {
            await tooLarge.WriteAsync(context);
            return;
        }

        var head = await PeekAsync(context, limits);
        BodyLimit.Count(context, limits.MaxRequestBytes + Framing); // of what is still to be read: the look consumed nothing
        await (mayNameNone && head.Fields.Status == RoutingFieldsStatus.Missing ? forwarding.ToAnyAsync(context) : ToModelAsync(context, head, forwarding));
    }

    private static ValueTask<GrpcHead> PeekAsync(HttpContext context, RoutingOptions limits) => GrpcMessageHead.PeekAsync(
        context.Request.BodyReader, context.Request.Headers["grpc-encoding"], limits.PeekBytes, limits.MaxRequestBytes, context.RequestAborted);

    private static Task ToModelAsync(HttpContext context, GrpcHead head, ModelForwarding forwarding) => head.Problem switch
    {
        GrpcHeadProblem.None => forwarding.ToModelAsync(context, head.Fields.Model, head.Fields.Version),
        GrpcHeadProblem.TooLarge => EdgeError.TooLarge("message", head.Message).WriteAsync(context),
        GrpcHeadProblem.UnknownEncoding => UnknownEncoding(context, head.Message),
        _ => EdgeError.Invalid("message", head.Message).WriteAsync(context),
    };

    private static Task ForAnyAsync(HttpContext context, ModelForwarding forwarding)
    {
        const int Enough = 1_024; // for a message without fields
        BodyLimit.Count(context, Enough);
        return forwarding.ToAnyAsync(context);
    }

    private static Task UnknownEncoding(HttpContext context, string message)
    {
        context.Response.Headers["grpc-accept-encoding"] = GrpcMessageHead.AcceptedEncodings;
        return EdgeError.Unimplemented(message).WriteAsync(context);
    }
}
