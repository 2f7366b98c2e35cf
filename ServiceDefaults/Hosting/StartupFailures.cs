using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ModelOps.ServiceDefaults.Hosting;

/// <summary>A service that cannot start for a reason that an operator can mend says so in one line and exits with 1.</summary>
internal static class StartupFailures
{
    private static int _installed;

    public static void AddStartupFailures(this IHostApplicationBuilder builder)
    {
        DecorateValidator(builder.Services);
        // What stops the start is reported once, below or by the runtime; what stops a background service stays in the log as critical.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        if (Interlocked.Exchange(ref _installed, 1) == 0)
        {
            var name = builder.Environment.ApplicationName;
            AppDomain.CurrentDomain.UnhandledException += (_, unhandled) => Report(name, unhandled.ExceptionObject as Exception);
        }
    }

    /// <summary>
    /// Checks all options before anything starts. The host does the same, but only after it made every hosted service, and
    /// their constructors read options.
    /// </summary>
    public static void ValidateOptions(this IHost app) => app.Services.GetService<IStartupValidator>()?.Validate();

    /// <summary>The one line; null for exceptions that are bugs and keep the runtime's report.</summary>
    public static string? Describe(Exception? exception) => exception switch
    {
        StartupException => exception.Message,
        OptionsValidationException invalid => string.Join("; ", invalid.Failures),
        IOException { InnerException: AddressInUseException or SocketException } => exception.Message, // Kestrel names the address
        SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse or SocketError.AccessDenied or SocketError.AddressNotAvailable } => exception.Message,
        _ => null,
    };

    private static void Report(string application, Exception? exception)
    {
        if (Describe(exception) is { } reason)
        {
            Console.Error.WriteLine($"{application} cannot start: {reason.ReplaceLineEndings(" ")}");
            Environment.Exit(1);
        }
    }

    /// <summary>The validator of the framework is internal; asking for validation at start registers it, and so it can be wrapped.</summary>
    private static void DecorateValidator(IServiceCollection services)
    {
        var inner = services.LastOrDefault(service => service.ServiceType == typeof(IStartupValidator) && service.ImplementationType is not null);
        if (inner is not null)
        {
            services.Remove(inner);
            services.AddTransient<IStartupValidator>(provider =>
                new OneLineStartupValidator((IStartupValidator)ActivatorUtilities.CreateInstance(provider, inner.ImplementationType!)));
        }
    }
}
