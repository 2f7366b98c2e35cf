using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using ModelOps.Inference.Models;
using ModelOps.Inference.Models.Probing;
using ModelOps.Inference.Models.Sessions;
using ModelOps.Inference.Tests.Support;
using ModelOps.ServiceDefaults.Security;
using ModelOps.Testing;

namespace ModelOps.Inference.Tests.Models.Probing;

/// <summary>Real child processes; each is gone when its trial is over, and leaves no folder. What else starts such processes runs before or after.</summary>
[Collection(ModelProbeTests.Children)]
public sealed class ModelProbeTests : IDisposable
{
    public const string Children = "child processes that try versions";
    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-probed-").FullName;
    private readonly LogLines<ModelProbe> _log = new();
    private readonly ProbeOptions _options = new() { Timeout = TimeSpan.FromSeconds(20) };
    private readonly ModelOptions _models = new();

    public void Dispose()
    {
        Assert.Empty(RunningChildren());
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task What_passed_is_not_tried_again()
    {
        Assert.Null(await RefuseAsync(OnnxModels.NamedFeatures()));
        Assert.Null(await RefuseAsync(OnnxModels.NamedFeatures()));

        Assert.StartsWith("default/m/1 passed its trial", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task That_something_passed_can_be_said_by_us_only()
    {
        Assert.Null(await RefuseAsync(OnnxModels.AddConstant(1)));
        await File.WriteAllBytesAsync(Directory.EnumerateFiles(_folder).Single(), new byte[32]);

        Assert.Null(await RefuseAsync(OnnxModels.AddConstant(1)));

        Assert.Equal(2, _log.Lines.Count);
    }

    [Fact]
    public async Task A_model_that_never_ends_is_stopped()
    {
        _models.MaxRunTime = TimeSpan.FromMilliseconds(300);

        Assert.Equal("the first run took longer than 0.3 s and was stopped", await RefuseAsync(OnnxModels.Endless()));
        Assert.Empty(Directory.EnumerateFiles(_folder));
    }

    [Fact]
    public async Task A_process_that_does_not_listen_is_killed()
    {
        _options.Timeout = TimeSpan.FromSeconds(1);

        Assert.Equal("the process that tried the version was not done after 1 s and was killed", await RefuseAsync(OnnxModels.Laborious(2048, 1000)));
    }

    [Fact]
    public async Task A_model_that_takes_too_much_memory_is_refused()
    {
        _options.MemoryBytes = 256 << 20;

        Assert.Matches("^(loading the file|the first run) takes more than the [0-9]+ bytes of memory that it may$", await RefuseAsync(OnnxModels.Laborious(16_384, 1)));
    }

    [Fact]
    public async Task An_output_that_is_no_tensor_is_refused() =>
        Assert.Equal("outputs.probabilities: must be a tensor", await RefuseAsync(OnnxModels.ZipMap()));

    [Fact]
    public async Task An_operator_that_throws_is_refused() =>
        Assert.Contains("Gather", await RefuseAsync(OnnxModels.GatherBeyond()), StringComparison.Ordinal);

    [Fact]
    public async Task What_is_no_model_is_refused() =>
        Assert.StartsWith("ONNX Runtime does not load the file: ", await RefuseAsync("no model"u8.ToArray()), StringComparison.Ordinal);

    [Fact]
    public async Task A_crash_says_what_was_done_when_it_happened()
    {
        var trying = RefuseAsync(OnnxModels.Endless());
        await SignalAsync(await RunningChildAsync(), "KILL");

        Assert.StartsWith("the process that tried the version ended with SIGKILL while it ran the model for the first time", await trying, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_child_knows_no_settings_of_ours_and_has_no_folder()
    {
        using var cancel = new CancellationTokenSource();
        var trying = RefuseAsync(OnnxModels.Endless(), cancel.Token);
        var child = await RunningChildAsync();

        var names = Encoding.UTF8.GetString(await File.ReadAllBytesAsync($"/proc/{child}/environ", CancellationToken.None)).Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')[0]);
        var folder = new FileInfo($"/proc/{child}/cwd").LinkTarget;
        await cancel.CancelAsync();

        Assert.All(names, name => Assert.Matches("^(DOTNET|ORT)_", name));
        Assert.EndsWith(" (deleted)", folder, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trying);
    }

    private async Task<string?> RefuseAsync(byte[] onnx, CancellationToken ct = default)
    {
        var digest = new KeyedDigest(Options.Create(new ServiceCredentialOptions { Key = InferenceApp.Key }));
        var probe = new ModelProbe(Options.Create(_options), Options.Create(_models), digest, TimeProvider.System, _log);
        var source = new ModelSource(new("default", "m", 1), onnx) { Sha256 = Convert.ToHexStringLower(SHA256.HashData(onnx)), Folder = _folder };
        return (await probe.RefuseAsync(source, ct))?.Detail;
    }

    /// <summary>A child that burns processor time is past its start.</summary>
    private static async Task<int> RunningChildAsync()
    {
        int? found = null;
        await Poll.UntilAsync("a child runs its model", () => (found = RunningChildren().FirstOrDefault(IsRunning)) > 0);
        return found!.Value;
    }

    /// <summary>The model's run is what says "running" on a pipe and then takes more processor time than a start does.</summary>
    private static bool IsRunning(int process) =>
        Process.GetProcessById(process).TotalProcessorTime > TimeSpan.FromSeconds(2);

    private static List<int> RunningChildren() =>
        [.. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!)).Where(IsOurProbe)];

    private static bool IsOurProbe(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").Contains(ProbeCommand.Name, StringComparison.Ordinal)
                && File.ReadAllText($"/proc/{process}/stat").Split(' ')[3] == $"{Environment.ProcessId}";
        }
        catch (IOException)
        {
            return false; // it ended while we looked
        }
    }

    private static async Task SignalAsync(int process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process}"]);
        await kill.WaitForExitAsync();
    }
}
