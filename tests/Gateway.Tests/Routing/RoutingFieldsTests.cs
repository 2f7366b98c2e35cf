using System.Buffers;
using System.Text;
using Google.Protobuf;
using ModelOps.Contracts.OpenInference;
using ModelOps.Gateway.Routing;

namespace ModelOps.Gateway.Tests.Routing;

public sealed class RoutingFieldsTests
{
    private const long Unknown = long.MaxValue;

    [Fact]
    public void Model_and_version_of_a_real_request_are_found()
    {
        var request = new ModelInferRequest { ModelName = "fraud", ModelVersion = "3", Id = "a" };
        request.RawInputContents.Add(ByteString.CopyFrom(new byte[100]));

        var fields = Read(request.ToByteArray());

        Assert.Equal(new(RoutingFieldsStatus.Found, "fraud", "3", null), fields);
    }

    [Fact]
    public void Requests_about_readiness_and_metadata_carry_the_model_in_the_same_field()
    {
        var ready = Read(new ModelReadyRequest { Name = "fraud" }.ToByteArray());
        var metadata = Read(new ModelMetadataRequest { Name = "fraud", Version = "2" }.ToByteArray());

        Assert.Equal(("fraud", ""), (ready.Model, ready.Version));
        Assert.Equal(("fraud", "2"), (metadata.Model, metadata.Version));
    }

    [Fact]
    public void The_model_may_come_after_tensors()
    {
        var fields = Read([.. Text(7, new string('x', 500)), .. Text(3, "id"), .. Text(1, "late")]);

        Assert.Equal((RoutingFieldsStatus.Found, "late"), (fields.Status, fields.Model));
    }

    [Fact]
    public void Of_two_models_the_last_counts_as_protobuf_says()
    {
        var bytes = (byte[])[.. Text(1, "first"), .. Text(2, "1"), .. Text(1, "second"), .. Text(2, "2")];

        var fields = Read(bytes);

        Assert.Equal(("second", "2"), (fields.Model, fields.Version));
        Assert.Equal("second", ModelInferRequest.Parser.ParseFrom(bytes).ModelName);
    }

    [Fact]
    public void Fields_of_every_wire_type_are_stepped_over()
    {
        byte[] unknown =
        [
            .. Varint((100 << 3) | 0), .. Varint(ulong.MaxValue),
            .. Varint((101 << 3) | 1), 1, 2, 3, 4, 5, 6, 7, 8,
            .. Varint((102 << 3) | 5), 1, 2, 3, 4,
            .. Varint((1 << 3) | 0), 7, // the model's number with another type is an unknown field
        ];

        var fields = Read([.. unknown, .. Text(1, "fraud"), .. unknown]);

        Assert.Equal((RoutingFieldsStatus.Found, "fraud"), (fields.Status, fields.Model));
    }

    [Fact]
    public void Bytes_in_many_segments_read_like_bytes_in_one()
    {
        byte[] bytes = [.. Text(3, "identity"), .. Text(1, "fraud-détection"), .. Text(2, "12")];

        var fields = RoutingFields.Read(Segments.OneByteEach(bytes), bytes.Length);

        Assert.Equal(("fraud-détection", "12"), (fields.Model, fields.Version));
    }

    [Fact]
    public void A_message_without_a_model_is_told_from_one_whose_model_lies_further_on()
    {
        var bytes = Text(3, "id");

        Assert.Equal(RoutingFieldsStatus.Missing, Read(bytes).Status);
        Assert.Equal(RoutingFieldsStatus.Missing, Read([]).Status);
        Assert.Equal(RoutingFieldsStatus.Missing, Read(Text(1, "")).Status);
        Assert.Equal(RoutingFieldsStatus.NotInHead, RoutingFields.Read(new(bytes), 1_000).Status);
    }

    [Fact]
    public void A_head_that_ends_inside_a_tensor_gives_what_was_named_before()
    {
        byte[] bytes = [.. Text(1, "fraud"), .. Text(7, new string('x', 1_000))];

        var named = RoutingFields.Read(new(bytes.AsMemory(0, 200)), bytes.Length);
        var unnamed = RoutingFields.Read(new(bytes.AsMemory(7, 200)), bytes.Length - 7);

        Assert.Equal((RoutingFieldsStatus.Found, "fraud"), (named.Status, named.Model));
        Assert.Equal(RoutingFieldsStatus.NotInHead, unnamed.Status);
    }

    [Fact]
    public void A_head_that_ends_anywhere_never_names_another_model()
    {
        byte[] bytes = [.. Text(3, "id"), .. Text(1, "fraud"), .. Text(7, "tensor")];

        for (var length = 0; length < bytes.Length; length++)
        {
            var fields = RoutingFields.Read(new(bytes.AsMemory(0, length)), bytes.Length);

            Assert.True(fields.Model is "" or "fraud", $"'{fields.Model}' after {length} bytes");
        }
    }

    [Fact]
    public void A_second_model_cut_off_by_the_head_is_refused_because_it_would_count()
    {
        byte[] bytes = [.. Text(1, "first"), .. Text(1, "second")];

        var fields = RoutingFields.Read(new(bytes.AsMemory(0, 11)), bytes.Length);

        Assert.Equal(RoutingFieldsStatus.Malformed, fields.Status);
        Assert.Contains("cut off", fields.Problem, StringComparison.Ordinal);
    }

    public static TheoryData<string, byte[]> Malformed => new()
    {
        { "more than 64 bits", [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01] },
        { "more than 64 bits", [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02] },
        { "no valid field", [0x00, 0x01] },
        { "no valid field", [0x02, 0x01, 0x61] },
        { "no valid field", [0xFA, 0xFF, 0xFF, 0xFF, 0x7F, 0x01, 0x61] },
        { "unknown wire type", [0x0B] },
        { "unknown wire type", [0x0F] },
        { "longer than the message", [0x0A, 0x05, 0x61] },
        { "longer than the message", [0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01] },
        { "cut off", [0x0A] },
        { "cut off", [0x0A, 0x80] },
        { "cut off", [0x09, 0x01, 0x02] },
        { "cut off", [0x0D, 0x01] },
        { "not UTF-8", [0x0A, 0x02, 0xC3, 0x28] },
    };

    [Theory, MemberData(nameof(Malformed))]
    public void Bytes_that_are_no_message_are_refused_with_the_reason(string reason, byte[] bytes)
    {
        var fields = Read(bytes);

        Assert.Equal(RoutingFieldsStatus.Malformed, fields.Status);
        Assert.Contains(reason, fields.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_of_kilobytes_is_refused_before_it_is_read()
    {
        var fields = RoutingFields.Read(new(Text(1, new string('a', 257))), Unknown);

        Assert.Equal(RoutingFieldsStatus.Malformed, fields.Status);
        Assert.Contains("longer than 256 bytes", fields.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(64)];
            random.NextBytes(bytes);

            var fields = RoutingFields.Read(new(bytes), bytes.Length + random.Next(3));

            Assert.True(Enum.IsDefined(fields.Status));
        }
    }

    private static RoutingFields Read(byte[] whole) => RoutingFields.Read(new ReadOnlySequence<byte>(whole), whole.Length);

    private static byte[] Text(int field, string value)
    {
        var utf8 = Encoding.UTF8.GetBytes(value);
        return [.. Varint((ulong)((field << 3) | 2)), .. Varint((ulong)utf8.Length), .. utf8];
    }

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
