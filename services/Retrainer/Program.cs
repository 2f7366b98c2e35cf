using ModelOps.Retrainer;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddRetrainer();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapRetrainer();
await app.RunAsync();
