using Microsoft.Extensions.Options;
using ModelOps.Contracts.OpenInference;
using ModelOps.Gateway.Edge;
using ModelOps.ServiceDefaults.Security;

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
            // Requests about a model carry its name in field 1, whatever the field is called.
            var aboutModel = method.InputType.FindFieldByNumber(1) is not null;
            group.MapPost($"/{method.Name}", aboutModel ? ForModelAsync : ForAnyAsync);
        }
        group.MapPost("/{method}", (HttpContext context, string method) =>
            EdgeError.Unimplemented($"{service[1..]} has no method '{method}' here").WriteAsync(context));
    }

    private static async Task ForModelAsync(HttpContext context, ModelForwarding forwarding, IOptions<RoutingOptions> options)
    {
        const int Framing = 1_024; // the body is the message and its frame
        var limits = options.Value;
        if (BodyLimit.Set(context, limits.MaxRequestBytes + Framing) is { } tooLarge)
        {
            await tooLarge.WriteAsync(context);
            return;
        }

        var head = await GrpcMessageHead.PeekAsync(
            context.Request.BodyReader, context.Request.Headers["grpc-encoding"], limits.PeekBytes, limits.MaxRequestBytes, context.RequestAborted);
        BodyLimit.Count(context, limits.MaxRequestBytes + Framing); // of what is still to be read: the look consumed nothing
        await (head.Problem switch
        {
            GrpcHeadProblem.None => forwarding.ToModelAsync(context, head.Fields.Model, head.Fields.Version),
            GrpcHeadProblem.TooLarge => EdgeError.TooLarge("message", head.Message).WriteAsync(context),
            GrpcHeadProblem.UnknownEncoding => UnknownEncoding(context, head.Message),
            _ => EdgeError.Invalid("message", head.Message).WriteAsync(context),
        });
    }

    private static Task ForAnyAsync(HttpContext context, ModelForwarding forwarding)
    {
        const int Enough = 1_024; // for a message without fields
        BodyLimit.Count(context, Enough);
        return forwarding.ToAnyAsync(context);
    }

    private static Task UnknownEncoding(HttpContext context, string message)
    {
        context.Response.Headers["grpc-accept-encoding"] = "identity,gzip";
        return EdgeError.Unimplemented(message).WriteAsync(context);
    }
}
