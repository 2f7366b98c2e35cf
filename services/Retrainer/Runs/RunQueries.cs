using ModelOps.Retrainer.Pipelines;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Retrainer.Runs;

/// <summary>What can be asked about runs.</summary>
internal sealed class RunQueries(RunStore runs)
{
    private const int DefaultPage = 100;
    private const int MaxPage = 1_000;

    /// <summary>One run.</summary>
    public async Task<Outcome<Run>> GetAsync(string runId, CancellationToken ct) =>
        Guid.TryParse(runId, out var id) && await runs.FindAsync(id, ct) is { } run ? run : Missing(runId);

    /// <summary>A page of a model's runs, newest first.</summary>
    /// <param name="model">The model.</param>
    /// <param name="pageSize">1 to 1,000; 0: 100.</param>
    /// <param name="pageToken">Token of the page before; empty: the first page.</param>
    /// <param name="ct">Ends the wait for the database.</param>
    public async Task<Outcome<RunPage>> ListAsync(ModelKey model, int pageSize, string pageToken, CancellationToken ct)
    {
        if (model.Check() is { } refusal)
        {
            return refusal;
        }
        if (pageSize is < 0 or > MaxPage)
        {
            return Refusal.Invalid("page_size", $"must be 1 to {MaxPage}");
        }
        Guid? before = null;
        if (pageToken.Length > 0)
        {
            if (!Guid.TryParseExact(pageToken, "N", out var last))
            {
                return Refusal.Invalid("page_token", "must be the next_page_token of an earlier page of the same list");
            }
            before = last;
        }
        var size = pageSize == 0 ? DefaultPage : pageSize;
        // One more than asked for tells whether there is a next page.
        var found = await runs.ListAsync(model, before, size + 1, ct);
        return found.Count <= size ? new RunPage(found, "") : new RunPage(found[..size], $"{found[size - 1].Id:N}");
    }

    /// <summary>What is said of a run that does not exist.</summary>
    public static Refusal Missing(string runId) => Refusal.NotFound($"no run {(runId.Length > 64 ? runId[..64] : runId)}");
}

/// <summary>Some runs of a model.</summary>
/// <param name="Runs">Newest first.</param>
/// <param name="NextPageToken">Empty on the last page.</param>
internal sealed record RunPage(IReadOnlyList<Run> Runs, string NextPageToken);
