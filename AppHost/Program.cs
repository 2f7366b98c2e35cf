using Microsoft.Extensions.Configuration;

var builder = DistributedApplication.CreateBuilder(args);

// Artifacts lie beside the database that refers to them.
var store = Path.GetFullPath(builder.Configuration["Aspire:Store:Path"] ?? "../.modelops", builder.AppHostDirectory);

// Generated in the first run and kept: what the services show each other, and the key of the first administrator.
var serviceKey = builder.AddParameter("service-key", Key(), secret: true, persist: true);
var adminKey = builder.AddParameter("admin-key", Key(), secret: true, persist: true);

var postgres = builder.AddPostgres("postgres").WithDataVolume();
var registryDb = postgres.AddDatabase("registrydb");
var featuresDb = postgres.AddDatabase("featuresdb");
var monitorDb = postgres.AddDatabase("monitordb");
var retrainerDb = postgres.AddDatabase("retrainerdb");
var gatewayDb = postgres.AddDatabase("gatewaydb");
var redis = builder.AddRedis("redis").WithDataVolume().WithPersistence();
var bus = builder.AddRabbitMQ("bus").WithDataVolume();

var registry = builder.AddProject<Projects.ModelOps_Registry>("registry")
    .WithReference(registryDb).WaitFor(registryDb)
    .WithReference(bus).WaitFor(bus)
    .WithEnvironment("Registry__Artifacts__Path", Path.Combine(store, "artifacts"))
    .WithEnvironment("Services__Key", serviceKey)
    .WithHttpHealthCheck("/health", endpointName: "http");

var features = builder.AddProject<Projects.ModelOps_FeatureStore>("featurestore")
    .WithReference(featuresDb).WaitFor(featuresDb)
    .WithReference(redis).WaitFor(redis)
    .WithReference(bus).WaitFor(bus)
    .WithEnvironment("Services__Key", serviceKey)
    .WithHttpHealthCheck("/health", endpointName: "http");

var monitor = builder.AddProject<Projects.ModelOps_Monitor>("monitor")
    .WithReference(monitorDb).WaitFor(monitorDb)
    .WithReference(bus).WaitFor(bus)
    .WithEnvironment("Registry__Address", registry.GetEndpoint("grpc"))
    .WithEnvironment("Services__Key", serviceKey)
    .WithHttpHealthCheck("/health", endpointName: "http");

var retrainer = builder.AddProject<Projects.ModelOps_Retrainer>("retrainer")
    .WithReference(retrainerDb).WaitFor(retrainerDb)
    .WithReference(bus).WaitFor(bus)
    .WithEnvironment("Registry__Address", registry.GetEndpoint("grpc"))
    .WithEnvironment("FeatureStore__Address", features.GetEndpoint("grpc"))
    .WithEnvironment("Monitor__Address", monitor.GetEndpoint("grpc"))
    .WithEnvironment("Services__Key", serviceKey)
    .WithHttpHealthCheck("/health", endpointName: "http");

var gateway = builder.AddProject<Projects.ModelOps_Gateway>("gateway")
    .WithExternalHttpEndpoints()
    .WithReference(gatewayDb).WaitFor(gatewayDb)
    .WithReference(bus).WaitFor(bus)
    .WithEnvironment("Registry__Address", registry.GetEndpoint("grpc")).WaitFor(registry)
    .WithEnvironment("Registry__HttpAddress", registry.GetEndpoint("http"))
    .WithEnvironment("FeatureStore__HttpAddress", features.GetEndpoint("http"))
    .WithEnvironment("Monitor__Address", monitor.GetEndpoint("grpc"))
    .WithEnvironment("Monitor__HttpAddress", monitor.GetEndpoint("http"))
    .WithEnvironment("Retrainer__HttpAddress", retrainer.GetEndpoint("http"))
    .WithEnvironment("Services__Key", serviceKey)
    .WithEnvironment("Gateway__BootstrapAdminKey", adminKey)
    .WithEnvironment("Gateway__DefaultModel", builder.Configuration["DefaultModel"])
    .WithHttpHealthCheck("/health", endpointName: "http");

// One pool: each replica holds whatever versions the gateway's WatchDesiredState stream asks for.
builder.AddProject<Projects.ModelOps_Inference>("inference")
    .WithReplicas(builder.Configuration.GetValue("Inference:Replicas", 2))
    .WithReference(bus)
    .WithEnvironment("Inference__CacheDirectory", Path.Combine(store, "cache"))
    .WithEnvironment("Inference__PredictionLog__Path", Path.Combine(store, "predictions"))
    .WithEnvironment("Inference__Batch__Directory", Path.Combine(store, "batch"))
    .WithEnvironment("Registry__Address", registry.GetEndpoint("grpc")).WaitFor(registry)
    .WithEnvironment("FeatureStore__Address", features.GetEndpoint("grpc"))
    .WithEnvironment("Gateway__Address", gateway.GetEndpoint("grpc")).WaitFor(gateway)
    .WithEnvironment("Services__Key", serviceKey)
    .WithEnvironment("Inference__DefaultModel", builder.Configuration["DefaultModel"])
    .WithHttpHealthCheck("/health", endpointName: "http");

await builder.Build().RunAsync();

static GenerateParameterDefault Key() => new() { MinLength = 40, Special = false };
