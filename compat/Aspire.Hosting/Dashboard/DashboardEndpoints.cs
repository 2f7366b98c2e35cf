using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Aspire.Hosting.Dashboard;

/// <summary>The page's addresses.</summary>
internal static class DashboardEndpoints
{
    public static void Map(WebApplication app, DashboardModel model, DashboardAccess access)
    {
        app.MapGet("/login", (HttpContext context, string? t) => access.TryLogIn(context, t) ? Html("entered.html") : Html("login.html", StatusCodes.Status401Unauthorized));
        app.MapGet("/", (HttpContext context) => access.IsLoggedIn(context) ? Html("index.html") : Html("login.html", StatusCodes.Status401Unauthorized));
        app.MapGet("/page.css", () => Asset("page.css", "text/css"));
        app.MapGet("/page.js", () => Asset("page.js", "text/javascript"));

        var api = app.MapGroup("/api").AddEndpointFilter(async (context, next) =>
            access.IsLoggedIn(context.HttpContext) ? await next(context).ConfigureAwait(false) : Results.StatusCode(StatusCodes.Status401Unauthorized));
        api.MapGet("/resources", (CancellationToken ct) => TypedResults.ServerSentEvents(model.WatchAsync(ct)));
        api.MapGet("/resources/{id}/logs", IResult (string id, CancellationToken ct) =>
            model.Exists(id) ? TypedResults.ServerSentEvents(model.WatchLogsAsync(id, ct)) : TypedResults.NotFound());
        api.MapPost("/resources/{id}/{command}", async Task<IResult> (string id, string command, CancellationToken ct) =>
            await model.ExecuteAsync(id, command, ct).ConfigureAwait(false) is { } error
                ? TypedResults.Text(error, "text/plain", statusCode: StatusCodes.Status400BadRequest)
                : TypedResults.NoContent());
    }

    private static ContentHttpResult Html(string name, int status = StatusCodes.Status200OK) => TypedResults.Content(Read(name), "text/html; charset=utf-8", statusCode: status);

    private static ContentHttpResult Asset(string name, string type) => TypedResults.Content(Read(name), $"{type}; charset=utf-8");

    private static string Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Dashboard.{name}")
            ?? throw new InvalidOperationException($"{name} is not embedded");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
