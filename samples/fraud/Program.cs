using System.CommandLine;
using ModelOps.Samples.Fraud;

var sample = new Option<DirectoryInfo>("--sample") { Description = "Folder of the sample: data, features.yaml, pipeline.yaml, policies.", Required = true };
var policy = new Option<string>("--policy") { Description = "Policy file: fast (seconds) or production (minutes).", DefaultValueFactory = _ => "fast" };
var gateway = new Option<Uri>("--gateway") { Description = "The gateway's REST address.", DefaultValueFactory = _ => new Uri("http://127.0.0.1:8080") };
var secrets = new Option<FileInfo>("--secrets") { Description = "File with the admin key, as the AppHost writes it.", Required = true };
var waitFor = new Option<int?>("--wait-for") { Description = "Process that starts the gateway; the job gives up when it ends." };
var report = new Option<FileInfo?>("--report") { Description = "Where to write the steps and their evidence as JSON." };

var root = new RootCommand("The main job on card-fraud data: the whole loop through the gateway.") { sample, policy, gateway, secrets, waitFor, report };
root.SetAction(async (arguments, ct) =>
{
    var folder = arguments.GetRequiredValue(sample);
    var files = new SampleFiles(folder, SamplePolicy.Read(new(Path.Combine(folder.FullName, "policies", $"{arguments.GetRequiredValue(policy)}.json"))));
    var startup = new GatewayStartup(arguments.GetRequiredValue(gateway), arguments.GetRequiredValue(secrets), arguments.GetValue(waitFor));
    return await new MainJob(files, startup, new StepTable(arguments.GetValue(report)), TimeProvider.System).RunAsync(ct) ? 0 : 1;
});
return await root.Parse(args).InvokeAsync();
