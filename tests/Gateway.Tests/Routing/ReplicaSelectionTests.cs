using System.Collections.Immutable;
using ModelOps.Gateway.Replicas;
using ModelOps.Gateway.Routing;

namespace ModelOps.Gateway.Tests.Routing;

public sealed class ReplicaSelectionTests
{
    [Fact]
    public void Of_two_drawn_the_one_with_fewer_requests_in_flight_is_taken()
    {
        var replicas = Replicas(2);
        replicas[0].Begin();

        for (ulong draw = 0; draw < 100; draw++)
        {
            Assert.Same(replicas[1], ReplicaSelection.Pick(replicas, Mix(draw)));
        }
    }

    [Fact]
    public void Idle_replicas_get_equal_shares()
    {
        var replicas = Replicas(5);
        var bits = new RandomBits(seed: 42);

        var shares = Enumerable.Range(0, 10_000).GroupBy(_ => ReplicaSelection.Pick(replicas, bits.Next())).ToDictionary(g => g.Key!, g => g.Count());

        Assert.Equal(5, shares.Count);
        Assert.All(shares.Values, share => Assert.InRange(share, 1_800, 2_200));
    }

    [Fact]
    public void A_busy_replica_among_idle_ones_is_not_taken()
    {
        var replicas = Replicas(4);
        replicas[2].Begin();
        var bits = new RandomBits(seed: 42);

        var picks = Enumerable.Range(0, 1_000).Select(_ => ReplicaSelection.Pick(replicas, bits.Next()));

        Assert.DoesNotContain(replicas[2], picks);
    }

    [Theory, InlineData(0), InlineData(1), InlineData(2)]
    public void A_replica_that_was_tried_is_not_taken_again(int tried)
    {
        var replicas = Replicas(3);
        var bits = new RandomBits(seed: 42);

        var picks = Enumerable.Range(0, 300).Select(_ => ReplicaSelection.Pick(replicas, bits.Next(), except: replicas[tried])).Distinct().ToList();

        Assert.Equal(2, picks.Count);
        Assert.DoesNotContain(replicas[tried], picks);
    }

    [Fact]
    public void Nothing_is_picked_when_nothing_is_left()
    {
        var one = Replicas(1);

        Assert.Null(ReplicaSelection.Pick([], 7));
        Assert.Same(one[0], ReplicaSelection.Pick(one, ulong.MaxValue));
        Assert.Null(ReplicaSelection.Pick(one, 7, except: one[0]));
    }

    private static ulong Mix(ulong draw) => new RandomBits(draw).Next();

    private static ImmutableArray<Replica> Replicas(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new Replica($"replica-{i}", $"http://127.0.0.1:{i}", $"http://127.0.0.1:{i}"))];
}
