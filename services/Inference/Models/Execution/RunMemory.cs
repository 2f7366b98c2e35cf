namespace ModelOps.Inference.Models.Execution;

/// <summary>Memory that holds the outputs of one run, shared by the requests that were in it. It goes when the last of them is answered.</summary>
internal abstract class RunMemory
{
    private int _users;

    /// <summary>Says how many requests read the outputs; each calls <see cref="Release"/> once.</summary>
    public void Hold(int users) => Volatile.Write(ref _users, users);

    /// <summary>One more request reads the outputs.</summary>
    /// <returns>False when they are gone.</returns>
    public bool TryHold()
    {
        var users = Volatile.Read(ref _users);
        while (users > 0)
        {
            var seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
            {
                return true;
            }
            users = seen;
        }
        return false;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            Free();
        }
    }

    protected abstract void Free();
}
