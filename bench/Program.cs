using System.CommandLine;
using ModelOps.Bench.Grpc;
using ModelOps.Bench.Inference;
using ModelOps.Bench.Serving;

var benches = new RootCommand("Benchmarks. Each prints its ratio to a floor measured in the same run.")
{
    GrpcBench.Command(),
    InferenceBench.Command(),
    ServingBench.Command(),
    SessionsBench.Command(),
};
return await benches.Parse(args).InvokeAsync();
