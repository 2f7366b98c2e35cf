using System.Reflection;
using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>Builds applications under test: with ports of their own, without a page, and with data that is removed at the end.</summary>
public static class DistributedApplicationTestingBuilder
{
    /// <summary>Builds the application whose project the type belongs to, as its own program does.</summary>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(CancellationToken cancellationToken = default)
        where TEntryPoint : class => CreateAsync(typeof(TEntryPoint), cancellationToken);

    /// <inheritdoc cref="CreateAsync{TEntryPoint}(CancellationToken)"/>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(string[] args, CancellationToken cancellationToken = default)
        where TEntryPoint : class => CreateAsync(typeof(TEntryPoint), args, cancellationToken);

    /// <inheritdoc cref="CreateAsync{TEntryPoint}(CancellationToken)"/>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(
        string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder, CancellationToken cancellationToken = default) =>
        CreateAsync(typeof(TEntryPoint), args, configureBuilder, cancellationToken);

    /// <inheritdoc cref="CreateAsync{TEntryPoint}(CancellationToken)"/>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync(Type entryPoint, CancellationToken cancellationToken = default) =>
        CreateAsync(entryPoint, [], cancellationToken);

    /// <inheritdoc cref="CreateAsync{TEntryPoint}(CancellationToken)"/>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync(Type entryPoint, string[] args, CancellationToken cancellationToken = default) =>
        CreateAsync(entryPoint, args, static (_, _) => { }, cancellationToken);

    /// <inheritdoc cref="CreateAsync{TEntryPoint}(CancellationToken)"/>
    public static async Task<IDistributedApplicationTestingBuilder> CreateAsync(
        Type entryPoint,
        string[] args,
        Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entryPoint);
        ArgumentNullException.ThrowIfNull(configureBuilder);
        var assembly = entryPoint.Assembly;
        var main = assembly.EntryPoint ?? throw new InvalidOperationException($"Assembly of specified type {entryPoint.FullName} does not have an entry point.");
        var hook = Hook(args, assembly, configureBuilder, inProcess: false);
        var program = new Thread(() => Run(main, args, hook)) { IsBackground = true, Name = $"{assembly.GetName().Name} under test" };
        program.Start();
        var builder = await hook.Ready.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new TestingBuilder(builder, hook);
    }

    /// <summary>Builds an application that the test puts together itself.</summary>
    public static IDistributedApplicationTestingBuilder Create(params string[] args) => Create(args, static (_, _) => { });

    /// <inheritdoc cref="Create(string[])"/>
    public static IDistributedApplicationTestingBuilder Create(
        string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder)
    {
        ArgumentNullException.ThrowIfNull(configureBuilder);
        var hook = Hook(args, null, configureBuilder, inProcess: true);
        hook.Install();
        try
        {
            return new TestingBuilder(new DistributedApplicationBuilder(new DistributedApplicationOptions { Args = args }), hook);
        }
        finally
        {
            TestingHook.Uninstall();
        }
    }

    private static TestingHook Hook(
        string[] args, Assembly? appHost, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configure, bool inProcess)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"modelops-test-{Guid.CreateVersion7():N}");
        return new(
            (options, settings) =>
            {
                options.AssemblyName ??= appHost?.GetName().Name;
                options.DisableDashboard = true;
                settings.EnvironmentName ??= Environments.Development;
                settings.Configuration ??= new();
                settings.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
                {
                    ["DcpPublisher:RandomizePorts"] = "true",
                    [StoreLocation.PathKey] = folder,
                    [StoreLocation.DurableKey] = "false",
                });
                settings.Args = [.. settings.Args ?? [], .. args.Except(settings.Args ?? [])];
                configure(options, settings);
            },
            static _ => { })
        {
            InProcess = inProcess,
            CleanUp = () => RemoveAsync(folder),
        };
    }

    private static Task RemoveAsync(string folder) => Task.Run(() =>
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    });

    private static void Run(MethodInfo main, string[] args, TestingHook hook)
    {
        hook.Install();
        try
        {
            var result = main.Invoke(null, main.GetParameters().Length == 0 ? [] : [args]);
            if (result is Task task)
            {
                task.GetAwaiter().GetResult();
            }

            hook.Failed(new InvalidOperationException("The program ended before it built an application."));
        }
        catch (TargetInvocationException e)
        {
            hook.Failed(e.InnerException ?? e);
        }
        catch (Exception e)
        {
            hook.Failed(e);
        }
    }
}
