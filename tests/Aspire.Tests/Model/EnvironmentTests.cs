using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace ModelOps.Aspire.Tests.Model;

/// <summary>What a started process finds in its environment: a program prints it.</summary>
public sealed class EnvironmentTests
{
    [Fact]
    public async Task A_reference_to_a_database_gives_the_connection_string_whole_and_in_parts()
    {
        await using var app = await TestApplication.StartAsync(builder =>
        {
            var password = builder.AddParameter("pw", "s+cret", secret: true);
            var orders = builder.AddPostgres("pg", password: password, port: 5444).AddDatabase("orders-db", "orders");
            builder.AddExecutable("print", "env", ".").WithReference(orders, "shop");
        });

        var environment = await app.EnvironmentAsync("print");

        var port = environment["SHOP_PORT"];
        Assert.Equal($"Host=localhost;Port={port};Username=postgres;Password=s+cret;Database=orders", environment["ConnectionStrings__shop"]);
        Assert.Equal("localhost", environment["SHOP_HOST"]);
        Assert.Equal("postgres", environment["SHOP_USERNAME"]);
        Assert.Equal("s+cret", environment["SHOP_PASSWORD"]);
        Assert.Equal("orders", environment["SHOP_DATABASENAME"]);
        Assert.Equal($"postgresql://postgres:s%2Bcret@localhost:{port}/orders", environment["SHOP_URI"]);
        Assert.Equal($"jdbc:postgresql://localhost:{port}/orders", environment["SHOP_JDBCCONNECTIONSTRING"]);
    }

    [Fact]
    public async Task References_to_services_give_service_discovery_and_plain_variables()
    {
        await using var app = await TestApplication.StartAsync(builder =>
        {
            var service = new ServiceProgram("my-api", "sleep", ".");
            var api = builder.AddResource(service).WithArgs("600").WithHttpEndpoint().WithHttpEndpoint(name: "grpc");
            var external = builder.AddExternalService("weather", "https://weather.example/");
            builder.AddExecutable("print", "env", ".")
                .WithReference(api)
                .WithReference(external)
                .WithReference("fixed", new Uri("http://fixed.example:81"))
                .WithEnvironment("GRPC", api.GetEndpoint("grpc"));
        });

        var environment = await app.EnvironmentAsync("print");

        Assert.Matches("^http://localhost:[0-9]+$", environment["services__my-api__http__0"]);
        Assert.Matches("^http://localhost:[0-9]+$", environment["services__my-api__grpc__0"]);
        Assert.NotEqual(environment["services__my-api__http__0"], environment["services__my-api__grpc__0"]);
        Assert.Equal(environment["services__my-api__http__0"], environment["MY_API_HTTP"]);
        Assert.Equal(environment["services__my-api__grpc__0"], environment["GRPC"]);
        Assert.Equal("https://weather.example/", environment["services__weather__https__0"]);
        Assert.Equal("https://weather.example/", environment["WEATHER"]);
        Assert.Equal("http://fixed.example:81/", environment["services__fixed__default__0"]);
        Assert.Equal("http://fixed.example:81/", environment["fixed"]);
    }

    [Fact]
    public async Task Parameters_and_connection_strings_of_configuration_win_over_defaults()
    {
        await using var app = await TestApplication.StartAsync(builder =>
        {
            builder.Configuration["Parameters:colour"] = "green";
            builder.Configuration["Parameters:size"] = "7";
            builder.Configuration["Shapes:Round"] = "circle";
            builder.Configuration["ConnectionStrings:legacy"] = "Server=old;";
            var colour = builder.AddParameter("colour", new GenerateParameterDefault { MinLength = 8 }, persist: true);
            var size = builder.AddParameter("size");
            var shape = builder.AddParameterFromConfiguration("shape", "Shapes:Round");
            var legacy = builder.AddConnectionString("legacy");
            var made = builder.AddConnectionString("made", ReferenceExpression.Create($"Colour={colour};Size={size}"));
            builder.AddExecutable("print", "env", ".")
                .WithEnvironment("COLOUR", colour)
                .WithEnvironment("SHAPE", shape)
                .WithEnvironment("BOTH", $"{colour}/{size}")
                .WithEnvironment("LATE", () => "computed")
                .WithEnvironment(context => context.EnvironmentVariables["ME"] = context.Resource.Name)
                .WithReference(legacy)
                .WithReference(made);
        });

        var environment = await app.EnvironmentAsync("print");

        Assert.Equal("green", environment["COLOUR"]);
        Assert.Equal("circle", environment["SHAPE"]);
        Assert.Equal("green/7", environment["BOTH"]);
        Assert.Equal("computed", environment["LATE"]);
        Assert.Equal("print", environment["ME"]);
        Assert.Equal("Server=old;", environment["ConnectionStrings__legacy"]);
        Assert.Equal("Colour=green;Size=7", environment["ConnectionStrings__made"]);
    }

    [Fact]
    public async Task Arguments_can_be_values_that_are_known_only_when_the_application_runs()
    {
        await using var app = await TestApplication.StartAsync(builder =>
        {
            var api = builder.AddExecutable("api", "sleep", ".", "600").WithHttpEndpoint(name: "http", env: "PORT");
            var port = api.GetEndpoint("http").Property(EndpointProperty.Port);
            builder.AddExecutable("print", "echo", ".", "first").WithArgs(port, ReferenceExpression.Create($"at {api.GetEndpoint("http")}"));
        });

        var line = Assert.Single(await app.OutputAsync("print"));

        Assert.Matches("^first ([0-9]+) at http://localhost:\\1$", line);
    }

    [Fact]
    public void A_second_endpoint_of_the_same_name_is_refused()
    {
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { DisableDashboard = true });
        var api = builder.AddExecutable("api", "sleep", ".").WithHttpEndpoint();

        Assert.Contains("'http' already exists", Assert.Throws<DistributedApplicationException>(() => api.WithHttpEndpoint()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1st")]
    [InlineData("a--b")]
    [InlineData("ends-")]
    [InlineData("under_score")]
    public void A_name_that_no_host_could_have_is_refused(string name)
    {
        Assert.ThrowsAny<ArgumentException>(() => new ProjectResource(name));
    }

    private sealed class ServiceProgram(string name, string command, string workingDirectory)
        : ExecutableResource(name, command, workingDirectory), IResourceWithServiceDiscovery;
}
