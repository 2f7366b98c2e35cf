using Microsoft.Extensions.Configuration;

var builder = DistributedApplication.CreateBuilder(args);

// Artifacts lie beside the database that refers to them.
var store = Path.GetFullPath(builder.Configuration["Aspire:Store:Path"] ?? "../.modelops", builder.AppHostDirectory);

// Generated in the first run and kept: what the services show each other, and the key of the first administrator.
var serviceKey = builder.AddParameter("service-key", Key(), secret: true, persist: true);
var adminKey = builder.AddParameter("admin-key", Key(), secret: true, persist: true);

var postgres = builder.AddPostgres("postgres").WithDataVolume();
var registryDb = postgres.AddDatabase("registrydb");
var gatewayDb = postgres.AddDatabase("gatewaydb");

var registry = builder.AddProject<Projects.ModelOps_Registry>("registry")
    .WithReference(registryDb).WaitFor(registryDb)
    .WithEnvironment("Registry__Artifacts__Path", Path.Combine(store, "artifacts"))
    .WithEnvironment("Services__Key", serviceKey)
    .WithHttpHealthCheck("/health", endpointName: "http");

var gateway = builder.AddProject<Projects.ModelOps_Gateway>("gateway")
    .WithExternalHttpEndpoints()
    .WithReference(gatewayDb).WaitFor(gatewayDb)
    .WithEnvironment("Registry__Address", registry.GetEndpoint("grpc")).WaitFor(registry)
    .WithEnvironment("Registry__HttpAddress", registry.GetEndpoint("http"))
    .WithEnvironment("Services__Key", serviceKey)
    .WithEnvironment("Gateway__BootstrapAdminKey", adminKey)
    .WithEnvironment("Gateway__DefaultModel", builder.Configuration["DefaultModel"])
    .WithHttpHealthCheck("/health", endpointName: "http");

// One pool: each replica holds whatever versions the gateway's WatchDesiredState stream asks for.
builder.AddProject<Projects.ModelOps_Inference>("inference")
    .WithReplicas(builder.Configuration.GetValue("Inference:Replicas", 2))
    .WithEnvironment("Inference__CacheDirectory", Path.Combine(store, "cache"))
    .WithEnvironment("Registry__Address", registry.GetEndpoint("grpc")).WaitFor(registry)
    .WithEnvironment("Gateway__Address", gateway.GetEndpoint("grpc")).WaitFor(gateway)
    .WithEnvironment("Services__Key", serviceKey)
    .WithEnvironment("Inference__DefaultModel", builder.Configuration["DefaultModel"])
    .WithHttpHealthCheck("/health", endpointName: "http");

await builder.Build().RunAsync();

static GenerateParameterDefault Key() => new() { MinLength = 40, Special = false };
