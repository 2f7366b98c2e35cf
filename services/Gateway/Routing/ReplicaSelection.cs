using System.Collections.Immutable;
using ModelOps.Gateway.Replicas;

namespace ModelOps.Gateway.Routing;

/// <summary>Power of two choices: of two replicas drawn at random, the one with fewer requests in flight.</summary>
internal static class ReplicaSelection
{
    /// <summary>Picks a replica.</summary>
    /// <param name="candidates">Replicas that can answer.</param>
    /// <param name="draw">64 random bits.</param>
    /// <param name="except">A replica that was tried already.</param>
    /// <returns>Null when no other replica is left.</returns>
    public static Replica? Pick(ImmutableArray<Replica> candidates, ulong draw, Replica? except = null)
    {
        var excluded = except is null ? -1 : candidates.IndexOf(except);
        var count = candidates.Length - (excluded < 0 ? 0 : 1);
        if (count <= 0)
        {
            return null;
        }

        var first = At(Scale((uint)draw, count));
        if (count == 1)
        {
            return first;
        }
        // The second index is drawn from the others, so that two different replicas are compared.
        var second = At((Scale((uint)draw, count) + 1 + Scale((uint)(draw >> 32), count - 1)) % count);
        return second.InFlight < first.InFlight ? second : first;

        Replica At(int index) => candidates[excluded >= 0 && index >= excluded ? index + 1 : index];
    }

    private static int Scale(uint bits, int count) => (int)(((ulong)bits * (uint)count) >> 32);
}
