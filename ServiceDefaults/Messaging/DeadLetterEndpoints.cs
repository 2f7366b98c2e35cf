using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ModelOps.ServiceDefaults.Errors;
using ModelOps.ServiceDefaults.Security;

namespace ModelOps.ServiceDefaults.Messaging;

/// <summary>Dead letters over REST, for the service credential and for administrators.</summary>
public static class DeadLetterEndpoints
{
    /// <summary>
    /// <c>GET /dead-letters</c> (newest first, <c>page_size</c> 1 to 1,000, <c>page_token</c>), <c>GET /dead-letters/{id}</c> with the
    /// body, and <c>POST /dead-letters/{id}/replay</c>, which answers 409 for one that was replayed. Needs <c>AddOutbox</c>.
    /// </summary>
    /// <param name="endpoints">The service's endpoints.</param>
    /// <param name="path">Where, when not at <c>/dead-letters</c>.</param>
    public static void MapDeadLetters(this IEndpointRouteBuilder endpoints, string path = "/dead-letters")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var letters = endpoints.MapGroup(path).RequireAuthorization(Policies.Admin);
        letters.MapGet("", ListAsync);
        letters.MapGet("{id}", GetAsync);
        letters.MapPost("{id}/replay", ReplayAsync);
    }

    private static async Task<IResult> ListAsync(string? page_size, string? page_token, DeadLetterStore letters, CancellationToken ct)
    {
        var size = 100;
        if (page_size is not null && (!int.TryParse(page_size, out size) || size is < 1 or > 1_000))
        {
            return Refusal.Invalid("page_size", "must be 1 to 1000").ToResult();
        }
        var before = Guid.Empty;
        if (!string.IsNullOrEmpty(page_token) && !Guid.TryParse(page_token, out before))
        {
            return Refusal.Invalid("page_token", "must be the next_page_token of the page before").ToResult();
        }
        var page = await letters.ListAsync(before == Guid.Empty ? null : before, size + 1, ct);
        return TypedResults.Json(new DeadLettersJson(
            [.. page.Take(size).Select(letter => DeadLetterJson.Of(letter, withBody: false))],
            page.Count > size ? page[size - 1].Id.ToString() : ""), DeadLetterJsonContext.Default.DeadLettersJson);
    }

    private static async Task<IResult> GetAsync(string id, DeadLetterStore letters, CancellationToken ct) =>
        Guid.TryParse(id, out var number)
            ? (await letters.GetAsync(number, ct)).ToResult(letter =>
                TypedResults.Json(DeadLetterJson.Of(letter, withBody: true), DeadLetterJsonContext.Default.DeadLetterJson))
            : BadId.ToResult();

    private static async Task<IResult> ReplayAsync(string id, DeadLetterStore letters, CancellationToken ct) =>
        Guid.TryParse(id, out var number)
            ? (await letters.ReplayAsync(number, ct)).ToResult(letter =>
                TypedResults.Json(DeadLetterJson.Of(letter, withBody: false), DeadLetterJsonContext.Default.DeadLetterJson))
            : BadId.ToResult();

    private static Refusal BadId => Refusal.Invalid("id", "must be a UUID");
}

/// <summary>A dead letter as REST gives it; the body only when one is asked for, as text.</summary>
internal sealed record DeadLetterJson(
    Guid Id, string Direction, string Queue, string Aggregate, Guid MessageId, string Type, string Reason, int Failures,
    DateTimeOffset FailedAt, DateTimeOffset? ReplayedAt, string? Body)
{
    public static DeadLetterJson Of(DeadLetter letter, bool withBody) => new(
        letter.Id, letter.Direction, letter.Queue, letter.Aggregate, letter.MessageId, letter.Type, letter.Reason, letter.Failures,
        letter.FailedAt, letter.ReplayedAt, withBody ? Encoding.UTF8.GetString(letter.Body) : null);
}

/// <summary>A page of dead letters.</summary>
internal sealed record DeadLettersJson(IReadOnlyList<DeadLetterJson> DeadLetters, string NextPageToken);
