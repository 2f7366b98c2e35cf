using Aspire.Hosting.Orchestration;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A Redis server.</summary>
public class RedisResource : ContainerResource, IResourceWithConnectionString
{
    internal const string PrimaryEndpointName = "tcp";

    public RedisResource(string name)
        : base(name)
    {
    }

    public RedisResource(string name, ParameterResource password)
        : base(name) => PasswordParameter = password;

    public EndpointReference PrimaryEndpoint => field ??= new(this, PrimaryEndpointName);

    public ParameterResource? PasswordParameter { get; private set; }

    public ReferenceExpression ConnectionStringExpression
    {
        get
        {
            if (this.TryGetRedirect(out var target))
            {
                return target.ConnectionStringExpression;
            }

            var text = new ReferenceExpressionBuilder();
            text.Append($"{PrimaryEndpoint.Property(EndpointProperty.HostAndPort)}");
            if (PasswordParameter is { } password)
            {
                text.Append($",password={password}");
            }

            return text.Build();
        }
    }

    public ReferenceExpression UriExpression
    {
        get
        {
            var text = new ReferenceExpressionBuilder();
            text.AppendLiteral("redis://");
            if (PasswordParameter is { } password)
            {
                text.Append($":{password:uri}@");
            }

            text.Append($"{PrimaryEndpoint.Property(EndpointProperty.HostAndPort)}");
            return text.Build();
        }
    }

    public ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default) =>
        ConnectionStringExpression.GetValueAsync(cancellationToken);

    IEnumerable<KeyValuePair<string, ReferenceExpression>> IResourceWithConnectionString.GetConnectionProperties()
    {
        if (this.TryGetRedirect(out _))
        {
            yield break;
        }

        yield return new("Host", ReferenceExpression.Create($"{PrimaryEndpoint.Property(EndpointProperty.Host)}"));
        yield return new("Port", ReferenceExpression.Create($"{PrimaryEndpoint.Property(EndpointProperty.Port)}"));
        if (PasswordParameter is { } password)
        {
            yield return new("Password", ReferenceExpression.Create($"{password}"));
        }

        yield return new("Uri", UriExpression);
    }

    internal void SetPassword(ParameterResource? password) => PasswordParameter = password;
}
