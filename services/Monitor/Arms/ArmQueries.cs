using Dapper;
using Google.Protobuf.Collections;
using ModelOps.Monitor.Naming;
using ModelOps.Monitor.Predictions;
using ModelOps.Monitor.Storage;
using ModelOps.ServiceDefaults.Errors;
using Npgsql;
using Wire = ModelOps.Contracts.Monitor.V1;

namespace ModelOps.Monitor.Arms;

/// <summary>Compares the versions of a model since a moment, computed where the predictions lie.</summary>
internal sealed class ArmQueries(NpgsqlDataSource database)
{
    private const int MaxVersions = 10;

    // PostgreSQL ends a query whose squares leave the range of a double on either side: what is nearly 0 counts as 0, and what is
    // no score of anything does not count.
    private const string Sql = """
        with arm as (select version, n from unnest(@versions) with ordinality as asked (version, n)),
        served as (
            select arm.n, latency_us, error,
                case when error = '' and label in (0, 1) and abs(score) < 1e75 then score end as scored, label
            from arm join monitor.predictions p on p.workspace = @workspace and p.model = @model and p.version = arm.version
                and p.environment = @environment and p.time >= @since
        ),
        loss as (
            select n, latency_us, error, scored, label,
                -ln(case when label = 1 then least(greatest(scored, 1e-15), 1 - 1e-15) else 1 - least(greatest(scored, 1e-15), 1 - 1e-15) end) as log_loss,
                case when abs(scored - label) < 1e-75 then 0 else (scored - label) ^ 2 end as brier
            from served
        )
        select arm.version as Version, count(loss.n) as Predictions, count(*) filter (where error <> '') as Errors,
            coalesce(percentile_cont(0.5) within group (order by latency_us) / 1e6, 0) as LatencyP50Seconds,
            coalesce(percentile_cont(0.99) within group (order by latency_us) / 1e6, 0) as LatencyP99Seconds,
            count(scored) as Labels, count(*) filter (where scored is not null and label = 1) as Positives,
            coalesce(avg(log_loss) filter (where scored is not null), 0) as LogLossMean, coalesce(var_samp(log_loss) filter (where scored is not null), 0) as LogLossVariance,
            coalesce(avg(brier) filter (where scored is not null), 0) as BrierMean,
            coalesce(var_samp(brier) filter (where scored is not null), 0) as BrierVariance
        from arm left join loss using (n)
        group by arm.n, arm.version order by arm.n
        """;

    public async Task<Outcome<Wire.GetArmStatisticsResponse>> GetAsync(Wire.GetArmStatisticsRequest request, CancellationToken ct)
    {
        var (workspace, environment) = (Names.Workspace(request.Workspace), Names.Environment(request.Environment));
        var refusal = Names.Check(workspace, request.Model) ?? Names.CheckEnvironment(environment) ?? CheckVersions(request.Versions)
            ?? RecordRules.CheckTime(request.Since, "since");
        if (refusal is not null)
        {
            return refusal;
        }
        var since = request.Since?.ToDateTime() ?? DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc);
        var versions = request.Versions.ToArray();
        await using var connection = await database.OpenConnectionAsync(ct);
        var arms = await connection.QueryAsync<Wire.ArmStatistics>(SqlCommands.Command(Sql, new { workspace, environment, model = request.Model, versions, since }, ct));
        return new Wire.GetArmStatisticsResponse { Arms = { arms } };
    }

    private static Refusal? CheckVersions(RepeatedField<long> versions) =>
        versions.Count is 0 or > MaxVersions ? Refusal.Invalid("versions", $"must be 1 to {MaxVersions}, there are {versions.Count}")
        : versions.Any(version => version < 1) ? Refusal.Invalid("versions", "must all be at least 1")
        : null;
}
