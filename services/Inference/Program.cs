using ModelOps.Inference;
using ModelOps.Inference.Models.Probing;

if (args is [ProbeCommand.Name])
{
    return ProbeCommand.Run();
}
var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddInference();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapInference();
await app.RunAsync();
return 0;
