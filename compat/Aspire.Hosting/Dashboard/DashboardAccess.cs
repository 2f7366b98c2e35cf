using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Aspire.Hosting.Dashboard;

/// <summary>Who may see the page: whoever came through the printed link, from this machine, on purpose.</summary>
internal sealed class DashboardAccess(string token, int port)
{
    /// <summary>Sent by the page's own script with every command; another site's form or image cannot send it.</summary>
    public const string CommandHeader = "X-Dashboard-Command";

    private const int SessionBytes = 32;
    private static readonly string[] LocalHosts = ["localhost", "127.0.0.1", "[::1]"];

    // Cookies do not tell ports apart, so several applications on one machine need several names.
    private readonly string _cookie = $".Aspire.Dashboard.{port}";
    private readonly string _session = RandomNumberGenerator.GetHexString(2 * SessionBytes);

    /// <summary>Turns away what does not come from a browser on this machine, or not from this page.</summary>
    public async Task GuardAsync(HttpContext context, Func<Task> next)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
        if (!IsFromHere(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        await next().ConfigureAwait(false);
    }

    /// <summary>Gives the browser a session if it brings the token.</summary>
    public bool TryLogIn(HttpContext context, string? brought)
    {
        if (brought is null || !Equal(brought, token))
        {
            return false;
        }

        context.Response.Cookies.Append(_cookie, _session, new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/", IsEssential = true });
        return true;
    }

    public bool IsLoggedIn(HttpContext context) => context.Request.Cookies[_cookie] is { } session && Equal(session, _session);

    // A name of the attacker's that resolves to 127.0.0.1 shows in Host; a page of the attacker's shows in Origin.
    private bool IsFromHere(HttpRequest request) =>
        LocalHosts.Contains(request.Host.Host)
        && (request.Headers.Origin.ToString() is not { Length: > 0 } origin
            || LocalHosts.Any(host => origin.Equals($"http://{host}:{port}", StringComparison.OrdinalIgnoreCase)))
        && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || request.Headers.ContainsKey(CommandHeader));

    private static bool Equal(string one, string other) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));
}
