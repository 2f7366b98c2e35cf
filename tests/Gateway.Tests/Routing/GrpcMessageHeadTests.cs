using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Pipelines;
using Google.Protobuf;
using ModelOps.Contracts.OpenInference;
using ModelOps.Gateway.Routing;

namespace ModelOps.Gateway.Tests.Routing;

public sealed class GrpcMessageHeadTests
{
    private const int PeekBytes = 1_024;
    private const long MaxMessage = 1 << 20;

    [Fact]
    public async Task Every_byte_is_still_there_after_the_look()
    {
        var frame = Frame(Request("fraud", tensorBytes: 5_000).ToByteArray());
        var body = PipeReader.Create(new(frame));

        var head = await PeekAsync(body);

        Assert.Equal((GrpcHeadProblem.None, "fraud"), (head.Problem, head.Fields.Model));
        Assert.Equal(frame, await ReadAllAsync(body));
    }

    [Fact]
    public async Task A_body_that_comes_byte_by_byte_is_read_as_far_as_needed_and_then_forwarded_without_a_wait()
    {
        var frame = Frame(Request("fraud", tensorBytes: 10).ToByteArray());
        var pipe = new Pipe();
        var peek = PeekAsync(pipe.Reader);
        foreach (var next in frame)
        {
            await pipe.Writer.WriteAsync(new[] { next });
        }

        var head = await peek;
        var read = await pipe.Reader.ReadAsync(); // the writer is still open: the bytes must come without another one

        Assert.Equal("fraud", head.Fields.Model);
        Assert.Equal(frame.Length, read.Buffer.Length);
    }

    [Fact]
    public async Task The_look_ends_at_its_bound_and_not_at_the_end_of_a_large_message()
    {
        var frame = Frame(Request("fraud", tensorBytes: 500_000).ToByteArray());
        var pipe = new Pipe(new(pauseWriterThreshold: 0));
        await pipe.Writer.WriteAsync(frame.AsMemory(0, 5 + PeekBytes));

        var head = await PeekAsync(pipe.Reader);

        Assert.Equal("fraud", head.Fields.Model);
    }

    [Theory, InlineData("gzip", 20), InlineData("gzip", 100_000), InlineData("deflate", 20), InlineData("deflate", 100_000)]
    public async Task A_compressed_message_is_decompressed_only_to_be_looked_at(string encoding, int tensorBytes)
    {
        var frame = Frame(Compress(Request("fraud", tensorBytes).ToByteArray(), encoding), flag: 1);
        var body = PipeReader.Create(new(frame));

        var head = await PeekAsync(body, encoding);

        Assert.Equal((GrpcHeadProblem.None, "fraud"), (head.Problem, head.Fields.Model));
        Assert.Equal(frame, await ReadAllAsync(body));
    }

    [Theory, InlineData("gzip"), InlineData("deflate")]
    public async Task A_bomb_is_opened_no_further_than_the_bound(string encoding)
    {
        var request = new ModelInferRequest();
        request.RawInputContents.Add(ByteString.CopyFrom(new byte[50_000_000]));
        var frame = Frame(Compress(request.ToByteArray(), encoding), flag: 1);

        var head = await PeekAsync(PipeReader.Create(new(frame)), encoding);

        Assert.Equal(GrpcHeadProblem.Malformed, head.Problem);
        Assert.Contains("first 1024 bytes", head.Message, StringComparison.Ordinal);
    }

    [Theory, InlineData("snappy"), InlineData(null), InlineData("identity")]
    public async Task Another_compression_is_refused_by_name(string? encoding)
    {
        var head = await PeekAsync(PipeReader.Create(new(Frame([1, 2, 3], flag: 1))), encoding);

        Assert.Equal(GrpcHeadProblem.UnknownEncoding, head.Problem);
        Assert.Contains($"'{encoding}'", head.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip", new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 })]
    [InlineData("deflate", new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 })]
    [InlineData("deflate", new byte[] { 0x78, 0xBB, 0, 0, 0, 1, 3, 0, 0, 0, 0, 1 })] // asks for a preset dictionary
    public async Task Bytes_that_are_not_what_the_encoding_says_are_refused(string encoding, byte[] message)
    {
        var head = await PeekAsync(PipeReader.Create(new(Frame(message, flag: 1))), encoding);

        Assert.Equal((GrpcHeadProblem.Malformed, $"the message is not valid {encoding}"), (head.Problem, head.Message));
    }

    [Fact]
    public async Task A_message_over_the_limit_is_refused_by_its_length_before_it_arrives()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(new byte[] { 0, 0x7F, 0xFF, 0xFF, 0xFF });

        var head = await PeekAsync(pipe.Reader);

        Assert.Equal(GrpcHeadProblem.TooLarge, head.Problem);
        Assert.Contains("has 2147483647", head.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, byte[]> Broken => new()
    {
        { "carries no message", [] },
        { "cut off after 3 bytes", [0, 0, 0] },
        { "cut off after 7 bytes", [0, 0, 0, 0, 9, 0x0A, 0x05] },
        { "compression flag is 2", [2, 0, 0, 0, 0] },
        { "field 1, is required", [0, 0, 0, 0, 0] },
        { "longer than the message", [0, 0, 0, 0, 2, 0x0A, 0x05] },
    };

    [Theory, MemberData(nameof(Broken))]
    public async Task A_broken_frame_is_refused_with_the_reason(string reason, byte[] bytes)
    {
        var head = await PeekAsync(PipeReader.Create(new(bytes)));

        Assert.Equal(GrpcHeadProblem.Malformed, head.Problem);
        Assert.Contains(reason, head.Message, StringComparison.Ordinal);
    }

    private static Task<GrpcHead> PeekAsync(PipeReader body, string? encoding = null) =>
        GrpcMessageHead.PeekAsync(body, encoding, PeekBytes, MaxMessage, CancellationToken.None).AsTask();

    private static ModelInferRequest Request(string model, int tensorBytes)
    {
        var random = new byte[tensorBytes];
        new Random(1).NextBytes(random); // does not compress
        var request = new ModelInferRequest { ModelName = model };
        request.RawInputContents.Add(ByteString.CopyFrom(random));
        return request;
    }

    private static byte[] Frame(byte[] message, byte flag = 0)
    {
        var frame = new byte[5 + message.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    private static byte[] Compress(byte[] bytes, string encoding)
    {
        var output = new MemoryStream();
        using (Stream compressing = encoding == "gzip" ? new GZipStream(output, CompressionLevel.Fastest) : new ZLibStream(output, CompressionLevel.Fastest))
        {
            compressing.Write(bytes);
        }
        return output.ToArray();
    }

    private static async Task<byte[]> ReadAllAsync(PipeReader body)
    {
        var output = new MemoryStream();
        await body.CopyToAsync(output);
        return output.ToArray();
    }
}
