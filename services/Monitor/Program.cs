using ModelOps.Monitor;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddMonitor();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapMonitor();
await app.RunAsync();
