using System.CommandLine;
using ModelOps.Bench.Grpc;
using ModelOps.Bench.Inference;

var benches = new RootCommand("Benchmarks. Each prints its ratio to a floor measured in the same run.")
{
    GrpcBench.Command(),
    InferenceBench.Command(),
};
return await benches.Parse(args).InvokeAsync();
