using System.Security.Cryptography;
using System.Text;
using Aspire.Hosting.Processes;

namespace Aspire.Hosting.Servers;

/// <summary>A server's data folder: made, private, and used by one server at a time.</summary>
internal sealed class DataFolder
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string SharedRoot = "/var/lib/modelops";
    private const string LockName = ".lock";

    private static readonly TimeSpan LockInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LockGrace = TimeSpan.FromSeconds(8);

    private readonly ServerOptions _options;
    private readonly string? _user;

    private DataFolder(ServerOptions options, string path, string? user)
    {
        _options = options;
        _user = user;
        Path = path;
    }

    public string Path { get; }

    public string LockFile => At(LockName);

    /// <summary>Makes the folder, owned by <paramref name="user"/> when given, in the data root or, when that user
    /// cannot get there, under /var/lib/modelops.</summary>
    public static async Task<DataFolder> OpenAsync(ServerOptions options, string? user, CancellationToken ct)
    {
        var wanted = System.IO.Path.Combine(System.IO.Path.GetFullPath(options.DataRoot), options.Name);
        var path = wanted;
        try
        {
            Directory.CreateDirectory(options.DataRoot);
            if (user is not null && !await CanReachAsync(options, user, ct))
            {
                path = System.IO.Path.Combine(SharedRoot, Hash(wanted));
                Log.DataElsewhere(options.Logger, path, options.DataRoot, user);
                Directory.CreateDirectory(SharedRoot);
            }
            await MakeAsync(options, path, user, ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CannotStartException($"the data folder {path} cannot be used: {e.Message}", e);
        }
        return new(options, path, user);
    }

    public string At(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Waits for a server of an application that has just ended; refuses when the folder stays in use.</summary>
    public async Task WaitUntilUnusedAsync(CancellationToken ct)
    {
        var deadline = _options.Clock.GetTimestamp();
        while (!IsUnused())
        {
            if (_options.Clock.GetElapsedTime(deadline) > LockGrace)
            {
                throw new CannotStartException($"another server uses the data folder {Path}: is the application running already?");
            }
            await Task.Delay(LockInterval, _options.Clock, ct);
        }
    }

    /// <summary>Writes a file that only the server's user can read.</summary>
    public async Task WriteAsync(string name, string content, CancellationToken ct)
    {
        var path = At(name);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Private;
        }
        File.Delete(path); // an existing file would keep its mode
        await using (var file = new FileStream(path, options))
        {
            await file.WriteAsync(Encoding.UTF8.GetBytes(content), ct);
        }
        if (_user is not null)
        {
            await RunAsync(_options, "chown", [$"{_user}:", path], ct);
        }
    }

    private static async Task<bool> CanReachAsync(ServerOptions options, string user, CancellationToken ct)
    {
        var result = await Tool.RunAsync(options, Spec(options, "test", ["-x", System.IO.Path.GetFullPath(options.DataRoot)]) with { User = user }, ct);
        return result.ExitCode == 0;
    }

    private static Task MakeAsync(ServerOptions options, string path, string? user, CancellationToken ct) =>
        RunAsync(options, "install", user is null ? ["-d", "-m", "700", path] : ["-d", "-m", "700", "-o", user, "-g", user, path], ct);

    private static async Task RunAsync(ServerOptions options, string program, IReadOnlyList<string> arguments, CancellationToken ct)
    {
        var result = await Tool.RunAsync(options, Spec(options, program, arguments), ct);
        if (result.ExitCode != 0)
        {
            throw new CannotStartException($"{result.Reason}");
        }
    }

    private static ProcessSpec Spec(ServerOptions options, string program, IReadOnlyList<string> arguments) =>
        new() { Name = options.Name, FileName = program, Arguments = arguments, WorkingDirectory = "/" };

    private static string Hash(string path) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..16];

    private bool IsUnused()
    {
        try
        {
            using var file = new FileStream(LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new CannotStartException($"the data folder {Path} cannot be written: {e.Message}", e);
        }
    }
}
