using System.CommandLine;
using ModelOps.Cli;
using ModelOps.Cli.Batch;

var terminal = new Terminal();
var settings = CliSettings.FromEnvironment();
var root = new RootCommand("Works with a ModelOps installation through its gateway.") { BatchCommand.Create(terminal, settings) };

var parsed = root.Parse(args);
var code = await parsed.InvokeAsync();
return parsed.Errors.Count > 0 ? ExitCode.Usage : code;
