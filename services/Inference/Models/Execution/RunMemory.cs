namespace ModelOps.Inference.Models.Execution;

/// <summary>Memory that holds the outputs of one run, shared by the requests that were in it. It goes when the last of them is answered.</summary>
internal abstract class RunMemory
{
    private int _users;

    /// <summary>Says how many requests read the outputs; each calls <see cref="Release"/> once.</summary>
    public void Hold(int users) => Volatile.Write(ref _users, users);

    public void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            Free();
        }
    }

    protected abstract void Free();
}
