using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Orchestration;

/// <summary>
/// The folder of one application's data, logs and generated secrets: <c>.modelops</c> beside the application's project
/// folder unless <c>Aspire:Store:Path</c> says otherwise.
/// </summary>
internal sealed class StoreLocation
{
    public const string PathKey = "Aspire:Store:Path";
    public const string DurableKey = "Aspire:Store:Durable";

    private const string DefaultFolder = ".modelops";
    private const string SecretsFile = "secrets.json";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly Lock _lock = new();
    private readonly ConfigurationManager _configuration;

    private StoreLocation(string root, ConfigurationManager configuration)
    {
        Root = root;
        _configuration = configuration;
    }

    public string Root { get; }

    public string DataRoot => Path.Combine(Root, "data");

    public string LogRoot => Path.Combine(Root, "logs");

    /// <summary>False in tests, whose data nobody needs after a power cut.</summary>
    public bool Durable => !bool.TryParse(_configuration[DurableKey], out var durable) || durable;

    public static StoreLocation Open(ConfigurationManager configuration, string appHostDirectory)
    {
        var folder = configuration[PathKey] is { Length: > 0 } configured ? configured : Path.Combine(appHostDirectory, "..", DefaultFolder);
        var store = new StoreLocation(Path.GetFullPath(folder, appHostDirectory), configuration);
        store.Load();
        return store;
    }

    /// <summary>Keeps a generated value, so that the next run has it too.</summary>
    public string GetOrCreate(string key, Func<string> create)
    {
        lock (_lock)
        {
            if (_configuration[key] is { Length: > 0 } known)
            {
                return known;
            }

            var value = create();
            var secrets = Read();
            secrets[key] = value;
            Write(SecretsFile, secrets.ToJsonString(Indented));
            _configuration[key] = value;
            return value;
        }
    }

    /// <summary>Writes a file that only the owner can read, all of it or nothing.</summary>
    public void Write(string name, string content)
    {
        Directory.CreateDirectory(Root);
        var file = Path.Combine(Root, name);
        var unfinished = $"{file}.{Environment.ProcessId}";
        using (var stream = new FileStream(unfinished, Private()))
        using (var writer = new StreamWriter(stream))
        {
            writer.Write(content);
        }

        File.Move(unfinished, file, overwrite: true);
    }

    /// <summary>Removes the folder; only a test's own one.</summary>
    public void Delete()
    {
        if (Directory.Exists(Root))
        {
            Directory.Delete(Root, recursive: true);
        }
    }


    private static FileStreamOptions Private()
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }

    // Whatever else is configured wins over what was generated.
    private void Load() => ((IConfigurationBuilder)_configuration).Sources.Insert(0, new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource
    {
        InitialData = Read().Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.ToString())),
    });

    private JsonObject Read()
    {
        var file = Path.Combine(Root, SecretsFile);
        if (!File.Exists(file))
        {
            return [];
        }

        try
        {
            return JsonNode.Parse(File.ReadAllText(file)) as JsonObject ?? [];
        }
        catch (JsonException e)
        {
            throw new DistributedApplicationException($"{file} is not valid JSON ({e.Message}): repair or remove it", e);
        }
    }
}
