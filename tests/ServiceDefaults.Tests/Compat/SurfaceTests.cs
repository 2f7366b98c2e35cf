using System.Reflection;
using Aspire.Npgsql;
using Aspire.RabbitMQ.Client;

namespace ModelOps.ServiceDefaults.Tests.Compat;

/// <summary>What the two client integrations publish in 13.1; the stand-ins may have nothing more.</summary>
public sealed class SurfaceTests
{
    [Fact]
    public void Npgsql_has_the_packages_members_and_no_others() => AssertSurface(
        typeof(NpgsqlSettings).Assembly,
        "Aspire.Npgsql.NpgsqlSettings: ConnectionString DisableHealthChecks DisableMetrics DisableTracing",
        "Microsoft.Extensions.Hosting.AspirePostgreSqlNpgsqlExtensions: "
            + "AddKeyedNpgsqlDataSource(builder,name,configureSettings?,configureDataSourceBuilder?) "
            + "AddNpgsqlDataSource(builder,connectionName,configureSettings?,configureDataSourceBuilder?)");

    [Fact]
    public void RabbitMQ_has_the_packages_members_and_no_others() => AssertSurface(
        typeof(RabbitMQClientSettings).Assembly,
        "Aspire.RabbitMQ.Client.RabbitMQClientSettings: ConnectionString DisableHealthChecks DisableTracing MaxConnectRetryCount",
        "Microsoft.Extensions.Hosting.AspireRabbitMQExtensions: "
            + "AddKeyedRabbitMQClient(builder,name,configureSettings?,configureConnectionFactory?) "
            + "AddRabbitMQClient(builder,connectionName,configureSettings?,configureConnectionFactory?)");

    private static void AssertSurface(Assembly assembly, params string[] expected) =>
        Assert.Equal(expected, assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal).Select(Describe));

    private static string Describe(Type type)
    {
        var own = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var members = type.GetProperties(own).Select(property => property.Name)
            .Concat(type.GetMethods(own).Where(method => !method.IsSpecialName).Select(method => $"{method.Name}({Parameters(method)})"));
        return $"{type.FullName}: {string.Join(' ', members.Order(StringComparer.Ordinal))}";
    }

    private static string Parameters(MethodInfo method) =>
        string.Join(',', method.GetParameters().Select(parameter => parameter.Name + (parameter.IsOptional ? "?" : "")));
}
