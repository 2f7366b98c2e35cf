var builder = DistributedApplication.CreateBuilder(args);

var secret = builder.AddParameter("echo-key", new GenerateParameterDefault { MinLength = 24 }, secret: true, persist: true);
var cache = builder.AddRedis("cache");

builder.AddProject<Projects.ModelOps_TestApps_Echo>("echo")
    .WithReference(cache).WaitFor(cache)
    .WithEnvironment("Echo__Key", secret)
    .WithEnvironment("Echo__Greeting", "good day")
    .WithReplicas(2)
    .WithHttpHealthCheck("/health", endpointName: "http");

// For the test that kills all of it: one of each server.
if (builder.Configuration["Servers"] == "all")
{
    builder.AddPostgres("db");
    builder.AddRabbitMQ("bus");
}

await builder.Build().RunAsync();
