using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace ModelOps.ServiceDefaults.Clients;

/// <summary>Who is behind what is done right now: the caller of the request, or the service itself; always that where a service does not track requests.</summary>
internal sealed class CurrentActor(IHostEnvironment environment, IHttpContextAccessor? http = null)
{
    public string Name => http?.HttpContext?.User.Identity is { IsAuthenticated: true, Name: { Length: > 0 } name } ? name : environment.ApplicationName;
}
