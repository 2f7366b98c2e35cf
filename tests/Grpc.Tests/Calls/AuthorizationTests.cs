using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ModelOps.Grpc.Tests.Hosting;
using ModelOps.Grpc.Tests.Protos;

namespace ModelOps.Grpc.Tests.Calls;

public sealed class AuthorizationTests
{
    [Fact]
    public async Task An_attribute_on_a_method_guards_that_method()
    {
        await using var server = await StartAsync();

        var refused = await Expect.FailureAsync(StatusCode.Unauthenticated, server.Client.RestrictedAsync(new ProbeRequest()));
        var reply = await server.Client.RestrictedAsync(new ProbeRequest(), new Metadata { { "user", "ada" } });
        await server.Client.UnaryAsync(new ProbeRequest());

        Assert.Contains("401", refused.Status.Detail, StringComparison.Ordinal);
        Assert.Equal("ada", reply.Text);
    }

    [Fact]
    public async Task A_convention_on_the_service_guards_all_its_methods()
    {
        await using var server = await StartAsync(service => service.RequireAuthorization(policy => policy.RequireUserName("ada")));

        await Expect.FailureAsync(StatusCode.Unauthenticated, server.Client.UnaryAsync(new ProbeRequest()));
        await Expect.FailureAsync(StatusCode.PermissionDenied, server.Client.UnaryAsync(new ProbeRequest(), new Metadata { { "user", "bob" } }));
        await server.Client.UnaryAsync(new ProbeRequest(), new Metadata { { "user", "ada" } });
    }

    [Fact]
    public async Task Every_method_is_an_endpoint_that_says_what_it_is()
    {
        await using var server = await StartAsync();

        var endpoints = server.Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>() is not null)
            .ToDictionary(endpoint => endpoint.Metadata.GetRequiredMetadata<GrpcMethodMetadata>().Method.Name);

        Assert.Equal(["ClientStream", "Duplex", "NotWritten", "Restricted", "ServerStream", "Unary"], endpoints.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("/modelops.grpc.tests.Probe/Duplex", endpoints["Duplex"].RoutePattern.RawText);
        Assert.Equal(typeof(ProbeService), endpoints["Duplex"].Metadata.GetRequiredMetadata<GrpcMethodMetadata>().ServiceType);
        Assert.Equal(["POST"], endpoints["Duplex"].Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods);
        Assert.NotNull(endpoints["Restricted"].Metadata.GetMetadata<AuthorizeAttribute>());
        Assert.Null(endpoints["Unary"].Metadata.GetMetadata<AuthorizeAttribute>());
    }

    [Fact]
    public async Task Unknown_services_can_be_left_to_other_endpoints()
    {
        await using var server = await StartAsync(
            grpc: options => options.IgnoreUnknownServices = true,
            more: app => app.MapPost("/{service}/{method}", () => Results.StatusCode(429)));
        var requests = Marshallers.Create<ProbeRequest>(Google.Protobuf.MessageExtensions.ToByteArray, ProbeRequest.Parser.ParseFrom);
        var method = new Method<ProbeRequest, ProbeRequest>(MethodType.Unary, "other.Service", "Call", requests, requests);

        await Expect.FailureAsync(StatusCode.Unavailable, server.Channel().CreateCallInvoker().AsyncUnaryCall(method, null, default, new ProbeRequest()));
        await server.Client.UnaryAsync(new ProbeRequest());
    }

    private static Task<ProbeServer> StartAsync(
        Action<GrpcServiceEndpointConventionBuilder>? service = null,
        Action<GrpcServiceOptions>? grpc = null,
        Action<WebApplication>? more = null) =>
        ProbeServer.StartAsync(
            grpc,
            builder =>
            {
                builder.Services.AddAuthentication(HeaderAuthentication.Name)
                    .AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>(HeaderAuthentication.Name, null);
                builder.Services.AddAuthorization();
            },
            app =>
            {
                app.UseAuthentication();
                app.UseAuthorization();
                var mapped = app.MapGrpcService<ProbeService>();
                service?.Invoke(mapped);
                more?.Invoke(app);
            });
}
