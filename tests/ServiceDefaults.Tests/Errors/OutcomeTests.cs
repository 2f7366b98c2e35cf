using Grpc.Core;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.ServiceDefaults.Tests.Errors;

public sealed class OutcomeTests
{
    [Fact]
    public void A_value_is_a_success()
    {
        Outcome<string> outcome = "credit";

        Assert.True(outcome.Succeeded);
        Assert.Equal("credit", outcome.OrThrow());
    }

    [Fact]
    public void A_refusal_throws_the_status_that_belongs_to_it()
    {
        Outcome<string> outcome = Refusal.NotFound("no model named credit");

        var thrown = Assert.ThrowsAny<RpcException>(() => outcome.OrThrow());

        Assert.Equal(StatusCode.NotFound, thrown.StatusCode);
        Assert.Equal("no model named credit", thrown.Status.Detail);
    }

    [Fact]
    public void A_refusal_of_a_value_type_is_told_by_success_not_by_value()
    {
        Outcome<int> outcome = Refusal.Invalid("version", "must be 1 or more");

        Assert.False(outcome.Succeeded);
        Assert.Equal("version: must be 1 or more", outcome.Refusal.Detail);
    }

    [Fact]
    public void A_chain_stops_at_the_first_refusal()
    {
        Outcome<int> refused = Refusal.NotFound("gone");

        var chained = refused.Then<string>(number => $"{number}");

        Assert.Same(refused.Refusal, chained.Refusal);
    }

    /// <summary>The numbers are the contract with callers of every language.</summary>
    [Theory]
    [InlineData(RefusalKind.NotFound, StatusCode.NotFound, 404)]
    [InlineData(RefusalKind.Invalid, StatusCode.InvalidArgument, 400)]
    [InlineData(RefusalKind.Aborted, StatusCode.Aborted, 409)]
    [InlineData(RefusalKind.FailedPrecondition, StatusCode.FailedPrecondition, 409)]
    [InlineData(RefusalKind.AlreadyExists, StatusCode.AlreadyExists, 409)]
    [InlineData(RefusalKind.ResourceExhausted, StatusCode.ResourceExhausted, 429)]
    [InlineData(RefusalKind.Unavailable, StatusCode.Unavailable, 503)]
    [InlineData(RefusalKind.DataLoss, StatusCode.DataLoss, 500)]
    [InlineData(RefusalKind.PermissionDenied, StatusCode.PermissionDenied, 403)]
    [InlineData(RefusalKind.TooLarge, StatusCode.ResourceExhausted, 413)]
    public void Every_kind_has_its_statuses(RefusalKind kind, StatusCode grpc, int http)
    {
        Assert.Equal(grpc, kind.ToGrpc());
        Assert.Equal(http, kind.ToHttp());
    }

    [Fact]
    public void No_kind_is_without_statuses() =>
        Assert.All(Enum.GetValues<RefusalKind>(), kind => Assert.NotEqual(StatusCode.OK, kind.ToGrpc()));
}
