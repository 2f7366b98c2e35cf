using System.Collections;

var builder = WebApplication.CreateBuilder(args);
var app = builder.Build();

app.MapGet("/health", () => File.Exists(app.Configuration["Echo:SickFile"]) ? Results.StatusCode(503) : Results.Ok());
app.MapGet("/pid", () => Environment.ProcessId.ToString());
app.MapGet("/environment", () => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string?)e.Value));
app.MapGet("/arguments", () => args);
app.MapPost("/crash", () => Environment.Exit(3));
await app.RunAsync();
