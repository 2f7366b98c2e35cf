using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using ModelOps.ServiceDefaults.Hosting;

namespace ModelOps.ServiceDefaults.Tests.Hosting;

public sealed class TransportMemoryTests
{
    private const int BlockBytes = 1 << 20;

    [Fact]
    public async Task A_body_is_received_in_blocks_larger_than_those_that_requests_get()
    {
        await using var host = await TestHost.StartAsync(map: app => app.MapPost("/blocks", (Delegate)LongestAsync));
        using var body = new ByteArrayContent(new byte[1 << 20]);

        var answer = await host.CreateHttp().PostAsync("/blocks", body);

        var sizes = (await answer.Content.ReadAsStringAsync()).Split(' ').Select(int.Parse).ToList();
        Assert.InRange(sizes[0], 4097, 32 << 10);
        Assert.Equal(4 << 10, sizes[1]);
    }

    [Fact]
    public void A_block_is_used_again()
    {
        using var pool = new BlockPool(BlockBytes);
        var first = Rent(pool, 1, out var array);
        first.Dispose();

        using var again = Rent(pool, -1, out var same);

        Assert.Same(array, same);
        Assert.Equal(BlockBytes, again.Memory.Length);
    }

    [Fact]
    public void What_was_used_at_once_is_kept_up_to_the_bound()
    {
        using var pool = new BlockPool(BlockBytes);
        const int Kept = BlockPool.MostKept / BlockBytes;
        var before = RentMany(pool, Kept + 3);

        var after = RentMany(pool, Kept + 3);

        Assert.Equal(Kept, after.Intersect(before).Count());
    }

    [Fact]
    public void No_more_than_a_block_is_rented()
    {
        using var pool = new BlockPool(BlockBytes);

        Assert.Equal(BlockBytes, pool.MaxBufferSize);
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Rent(BlockBytes + 1));
    }

    private static async Task<string> LongestAsync(HttpContext context)
    {
        var longest = 0;
        while (await context.Request.BodyReader.ReadAsync(context.RequestAborted) is { } read)
        {
            foreach (var segment in read.Buffer)
            {
                longest = Math.Max(longest, segment.Length);
            }
            context.Request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                break;
            }
        }
        return $"{longest} {context.Features.Get<IMemoryPoolFeature>()!.MemoryPool.MaxBufferSize}";
    }

    private static List<byte[]> RentMany(BlockPool pool, int blocks)
    {
        var arrays = new List<byte[]>();
        var owners = Enumerable.Range(0, blocks).Select(_ =>
        {
            var owner = Rent(pool, 1, out var array);
            arrays.Add(array);
            return owner;
        }).ToList();
        owners.ForEach(owner => owner.Dispose());
        return arrays;
    }

    private static IMemoryOwner<byte> Rent(BlockPool pool, int size, out byte[] array)
    {
        var owner = pool.Rent(size);
        Assert.True(MemoryMarshal.TryGetArray<byte>(owner.Memory, out var segment));
        array = segment.Array!;
        return owner;
    }
}
