using System.CommandLine;
using ModelOps.Samples.Fraud;

var data = new Option<DirectoryInfo>("--data") { Description = "Folder with train.csv and current_same.csv.", Required = true };
var rest = new Option<Uri>("--gateway") { Description = "The gateway's REST address.", DefaultValueFactory = _ => new Uri("http://127.0.0.1:8080") };
var grpc = new Option<Uri>("--gateway-grpc") { Description = "The gateway's gRPC address.", DefaultValueFactory = _ => new Uri("http://127.0.0.1:8081") };
var secrets = new Option<FileInfo>("--secrets") { Description = "File with the admin key, as the AppHost writes it.", Required = true };
var waitFor = new Option<int?>("--wait-for") { Description = "Process that starts the gateway; the job gives up when it ends." };
var report = new Option<FileInfo?>("--report") { Description = "Where to write the steps and their evidence as JSON." };

var root = new RootCommand("The main job on card-fraud data: train, register, deploy, predict through the gateway.") { data, rest, grpc, secrets, waitFor, report };
root.SetAction(async (arguments, ct) =>
{
    var startup = new GatewayStartup(arguments.GetRequiredValue(rest), arguments.GetRequiredValue(secrets), arguments.GetValue(waitFor));
    var steps = new StepTable(arguments.GetValue(report));
    var job = new MainJob(arguments.GetRequiredValue(data), startup, arguments.GetRequiredValue(grpc), steps);
    return await job.RunAsync(ct) ? 0 : 1;
});
return await root.Parse(args).InvokeAsync();
