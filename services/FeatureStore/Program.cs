using ModelOps.FeatureStore;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddFeatureStore();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapFeatureStore();
await app.RunAsync();
