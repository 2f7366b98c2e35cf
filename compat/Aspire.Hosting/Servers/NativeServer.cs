using Aspire.Hosting.Processes;

namespace Aspire.Hosting.Servers;

/// <summary>A server that this machine has installed, run with a configuration and data folder of our own.</summary>
internal abstract class NativeServer(ServerOptions options)
{
    /// <summary>Null when the server is installed, else one line that names the binary and the Debian package that has it.</summary>
    public abstract string? Missing { get; }

    protected ServerOptions Options { get; } = options;

    /// <summary>Creates or checks data and configuration; called before every start, also after a crash.</summary>
    /// <returns>The processes, in the order to start them.</returns>
    /// <exception cref="CannotStartException">The server cannot start; the message says why in one line.</exception>
    public abstract Task<IReadOnlyList<ProcessSpec>> PrepareAsync(CancellationToken ct);

    /// <summary>Asks the running server.</summary>
    /// <returns>Null when it is healthy, else the reason in one line.</returns>
    public abstract Task<string?> CheckAsync(CancellationToken ct);

    /// <summary>Creates a database if there is none of this name.</summary>
    public virtual Task CreateDatabaseAsync(string name, CancellationToken ct) =>
        throw new NotSupportedException($"{GetType().Name} has no databases");

    /// <exception cref="CannotStartException">Someone else listens on the port.</exception>
    protected void CheckPort()
    {
        if (!Ports.IsFree(Options.Port))
        {
            throw new CannotStartException(Ports.Taken(Options.Port));
        }
    }

    /// <exception cref="CannotStartException">The user name or password cannot be written into a configuration file.</exception>
    protected void CheckCredentials()
    {
        if (Options.UserName.Length == 0 || Options.UserName.Any(char.IsControl))
        {
            throw new CannotStartException("the user name must have at least one character and no control characters");
        }
        if (Options.Password.Length == 0 || Options.Password.Any(char.IsControl))
        {
            throw new CannotStartException("the password must have at least one character and no control characters");
        }
    }
}
