using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace ModelOps.Aspire.Tests.Model;

public sealed class ReferenceExpressionTests
{
    private static readonly ParameterResource User = new("user", _ => "anna");
    private static readonly ParameterResource Password = new("pw", _ => "a/b@c", secret: true);

    [Fact]
    public async Task An_expression_has_a_value_and_a_manifest_form()
    {
        var expression = ReferenceExpression.Create($"user={User};password={Password}");

        Assert.Equal("user={0};password={1}", expression.Format);
        Assert.Equal("user={user.value};password={pw.value}", expression.ValueExpression);
        Assert.Equal("user=anna;password=a/b@c", await expression.GetValueAsync(default));
    }

    [Fact]
    public async Task An_expression_inside_another_becomes_part_of_it()
    {
        var inner = ReferenceExpression.Create($"{{{User}}}");
        var outer = ReferenceExpression.Create($"<{inner}|{Password}|{inner}>");

        Assert.Equal(["{user.value}", "{pw.value}", "{user.value}"], outer.ManifestExpressions);
        Assert.Equal("<{anna}|a/b@c|{anna}>", await outer.GetValueAsync(default));
    }

    [Fact]
    public async Task Literal_braces_stay_braces()
    {
        var expression = ReferenceExpression.Create($"{{\"user\":\"{User}\"}}");

        Assert.Equal("{\"user\":\"anna\"}", await expression.GetValueAsync(default));
    }

    [Fact]
    public async Task The_uri_format_escapes_the_value_and_names_an_encoded_resource()
    {
        var expression = ReferenceExpression.Create($"amqp://{User}:{Password:uri}@host");

        Assert.Equal("amqp://anna:a%2Fb%40c@host", await expression.GetValueAsync(default));
        Assert.Equal("amqp://{user.value}:{pw-uri-encoded.value}@host", expression.ValueExpression);
    }

    [Fact]
    public async Task An_unknown_format_is_refused_by_name()
    {
        var expression = ReferenceExpression.Create($"{User:json}");

        var refused = await Assert.ThrowsAsync<FormatException>(() => expression.GetValueAsync(default).AsTask());
        Assert.Contains("'json'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_builder_puts_the_same_expression_together_piece_by_piece()
    {
        var builder = new ReferenceExpressionBuilder();
        Assert.True(builder.IsEmpty);

        builder.AppendLiteral("user=");
        builder.AppendFormatted(User);
        builder.Append($",password={Password:uri}");
        builder.AppendFormatted("a b", "uri");
        var expression = builder.Build();

        Assert.Equal("user=anna,password=a%2Fb%40ca%20b", await expression.GetValueAsync(default));
        Assert.Equal("user={user.value},password={pw-uri-encoded.value}a%20b", expression.ValueExpression);
    }

    [Fact]
    public async Task The_empty_expression_has_no_value()
    {
        Assert.Null(await ReferenceExpression.Empty.GetValueAsync(default));
    }

    [Theory]
    [InlineData(EndpointProperty.Url, "url", "http://localhost:7001")]
    [InlineData(EndpointProperty.Host, "host", "localhost")]
    [InlineData(EndpointProperty.IPV4Host, "host", "127.0.0.1")]
    [InlineData(EndpointProperty.Port, "port", "7001")]
    [InlineData(EndpointProperty.Scheme, "scheme", "http")]
    [InlineData(EndpointProperty.HostAndPort, "hostAndPort", "localhost:7001")]
    public async Task Every_property_of_an_endpoint_is_an_expression(EndpointProperty property, string name, string value)
    {
        var endpoint = Endpoint(allocated: true);

        var expression = endpoint.Property(property);

        Assert.Equal($"{{api.bindings.grpc.{name}}}", expression.ValueExpression);
        Assert.Equal(value, await expression.GetValueAsync());
    }

    [Fact]
    public void An_endpoint_without_a_port_says_so()
    {
        var endpoint = Endpoint(allocated: false);

        Assert.Contains("`grpc` is not allocated for the resource `api`", Assert.Throws<InvalidOperationException>(() => endpoint.Url).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_endpoint_is_named()
    {
        var endpoint = new EndpointReference(new ProjectResource("api"), "tcp");

        Assert.False(endpoint.Exists);
        Assert.Contains("`tcp` is not defined for the resource `api`", Assert.Throws<InvalidOperationException>(() => endpoint.Scheme).Message, StringComparison.Ordinal);
    }

    private static EndpointReference Endpoint(bool allocated)
    {
        var resource = new ProjectResource("api");
        var annotation = new EndpointAnnotation(System.Net.Sockets.ProtocolType.Tcp, "http", name: "grpc");
        resource.Annotations.Add(annotation);
        annotation.AllocatedEndpoint = allocated ? new(annotation, "localhost", 7001) : null;
        return resource.GetEndpoint("grpc");
    }
}
