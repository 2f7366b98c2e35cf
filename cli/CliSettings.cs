using Microsoft.Extensions.Configuration;

namespace ModelOps.Cli;

/// <summary>What the environment says, so that command lines need not repeat it.</summary>
/// <param name="Gateway">MODELOPS_GATEWAY: REST address of the gateway.</param>
/// <param name="GatewayGrpc">MODELOPS_GATEWAY_GRPC: its gRPC address.</param>
/// <param name="ApiKey">MODELOPS_API_KEY: the caller's key.</param>
/// <param name="JobIndex">JOB_COMPLETION_INDEX, which Kubernetes gives the pods of an Indexed Job.</param>
/// <param name="JobPartitions">JOB_PARTITIONS: how many pods there are.</param>
internal sealed record CliSettings(string? Gateway, string? GatewayGrpc, string? ApiKey, string? JobIndex, string? JobPartitions)
{
    public static CliSettings FromEnvironment()
    {
        var environment = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        return new(
            environment["MODELOPS_GATEWAY"], environment["MODELOPS_GATEWAY_GRPC"], environment["MODELOPS_API_KEY"], environment["JOB_COMPLETION_INDEX"], environment["JOB_PARTITIONS"]);
    }
}
