namespace ModelOps.ServiceDefaults.Hosting;

/// <summary>
/// The service cannot start, for a reason that an operator can mend: a wrong setting, a port that is taken, a database that
/// does not answer. It shows as one line, wherever it is printed.
/// </summary>
public sealed class StartupException : Exception
{
    /// <summary>Why, in one line.</summary>
    public StartupException(string message)
        : base(message)
    {
    }

    /// <summary>Why, in one line, and what was behind it.</summary>
    public StartupException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The message alone: where the code noticed helps nobody who has to mend the setting.</summary>
    public override string ToString() => Message;
}
