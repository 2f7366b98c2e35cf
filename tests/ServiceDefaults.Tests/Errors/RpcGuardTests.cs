using Google.Protobuf;
using Grpc.Core;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.ServiceDefaults.Tests.Errors;

public sealed class RpcGuardTests
{
    private sealed record Header(string ModelName);

    private sealed record Request(string Model, int PageSize, int Stage, Header? Header);

    private enum Stage
    {
        Unknown = 0,
        Staging = 1,
        Production = 2,
    }

    private static readonly Request Good = new("credit", 10, 2, new("credit"));

    [Fact]
    public void What_keeps_the_rules_comes_back()
    {
        var request = Good;

        Assert.Equal("credit", RpcGuard.NotEmpty(request.Model));
        Assert.Equal(10, RpcGuard.PageSize(request.PageSize));
        Assert.Equal(100, RpcGuard.PageSize(0));
        Assert.Equal(Stage.Production, RpcGuard.Defined<Stage>(request.Stage));
        Assert.Same(request.Header, RpcGuard.Present(request.Header));
    }

    [Fact]
    public void An_empty_field_is_named_as_on_the_wire()
    {
        var request = Good with { Header = new(" ") };

        Refused("header.model_name: must not be empty", () => RpcGuard.NotEmpty(request.Header!.ModelName));
    }

    [Fact]
    public void A_long_text_says_how_long()
    {
        var request = Good with { Model = new string('a', 2000) };

        Refused("model: must have at most 1,024 characters, has 2,000", () => RpcGuard.NotEmpty(request.Model));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1001)]
    public void A_page_size_out_of_range_says_the_range(int size)
    {
        var request = Good with { PageSize = size };

        Refused($"page_size: must be from 1 to 1000, is {size}", () => RpcGuard.PageSize(request.PageSize));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void A_number_the_enum_lacks_lists_the_names(int stage)
    {
        var request = Good with { Stage = stage };

        Refused("stage: must be one of Unknown, Staging, Production", () => RpcGuard.Defined<Stage>((int)request.Stage));
    }

    [Fact]
    public void An_absent_message_is_named()
    {
        var request = Good with { Header = null };

        Refused("header: must be present", () => RpcGuard.Present(request.Header));
    }

    [Fact]
    public void The_details_say_the_field_in_the_form_that_every_grpc_client_knows()
    {
        var request = Good with { Model = "" };

        var refused = Assert.ThrowsAny<RpcException>(() => RpcGuard.NotEmpty(request.Model));

        // google.rpc.Status { code: 3, message, details: Any { type_url, BadRequest { field_violations { field, description } } } }
        var status = Fields(refused.Trailers.GetValueBytes("grpc-status-details-bin")!);
        var any = Fields(status[3].ToByteArray());
        var violation = Fields(Fields(any[2].ToByteArray())[1].ToByteArray());
        Assert.Equal("type.googleapis.com/google.rpc.BadRequest", any[1].ToStringUtf8());
        Assert.Equal("model", violation[1].ToStringUtf8());
        Assert.Equal("must not be empty", violation[2].ToStringUtf8());
    }

    private static void Refused(string detail, Action check)
    {
        var refused = Assert.ThrowsAny<RpcException>(check);

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Equal(detail, refused.Status.Detail);
    }

    /// <summary>The length-delimited fields of a message by number.</summary>
    private static Dictionary<int, ByteString> Fields(byte[] message)
    {
        var fields = new Dictionary<int, ByteString>();
        var input = new CodedInputStream(message);
        while (input.ReadTag() is not 0 and var tag)
        {
            if (WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
            {
                fields[WireFormat.GetTagFieldNumber(tag)] = input.ReadBytes();
            }
            else
            {
                input.SkipLastField();
            }
        }
        return fields;
    }
}
