using Grpc.Core;
using ModelOps.Contracts.Registry.V1;
using ModelOps.Registry.Tests.Support;

namespace ModelOps.Registry.Tests.Versions;

[Collection(RegistryFixture.Name)]
public sealed class ListingTests(RegistryFixture fixture)
{
    private readonly RegistryHost _host = fixture.Host;

    [Fact]
    public async Task Pages_of_versions_run_from_the_newest_to_the_oldest()
    {
        for (var i = 0; i < 5; i++)
        {
            await _host.RegisterAsync("paged", TestModels.Make(i));
        }

        var first = await ListAsync(new() { Model = "paged", PageSize = 2 });
        // A version that comes between two pages moves nothing.
        await _host.RegisterAsync("paged", TestModels.Make(5));
        var second = await ListAsync(new() { Model = "paged", PageSize = 2, PageToken = first.NextPageToken });
        var third = await ListAsync(new() { Model = "paged", PageSize = 2, PageToken = second.NextPageToken });

        Assert.Equal([5, 4], first.Versions.Select(version => version.Version));
        Assert.Equal([3, 2], second.Versions.Select(version => version.Version));
        Assert.Equal([1], third.Versions.Select(version => version.Version));
        Assert.Empty(third.NextPageToken);
    }

    [Fact]
    public async Task A_page_that_holds_everything_is_the_last()
    {
        await _host.RegisterAsync("two-pages", TestModels.Make(1));
        await _host.RegisterAsync("two-pages", TestModels.Make(2));

        Assert.Empty((await ListAsync(new() { Model = "two-pages", PageSize = 2 })).NextPageToken);
    }

    [Fact]
    public async Task Pages_of_models_run_by_name_within_their_workspace()
    {
        foreach (var name in (string[])["b", "a.c", "a-c", "a_c", "a"])
        {
            await _host.RegisterAsync(new RegisterModelVersionHeader { Workspace = "alphabet", Model = name }, TestModels.Make(1));
        }

        var names = new List<string>();
        var token = "";
        do
        {
            var page = await _host.Client.ListModelsAsync(new() { Workspace = "alphabet", PageSize = 2, PageToken = token }, RegistryHost.Headers(), Uploads.Deadline);
            names.AddRange(page.Models.Select(model => model.Name));
            token = page.NextPageToken;
        }
        while (token.Length > 0);

        Assert.Equal(["a", "a-c", "a.c", "a_c", "b"], names);
    }

    [Fact]
    public Task A_model_nobody_knows_is_not_found() => _host.AssertUnknownAsync("nobody");

    [Theory]
    [InlineData(-1, "", "page_size: ")]
    [InlineData(1_001, "", "page_size: ")]
    [InlineData(1, "garbage", "page_token: ")]
    [InlineData(1, "ZGVmYXVsdC9vdGhlcgox", "page_token: ")]
    public async Task A_bad_page_is_refused_by_field(int size, string token, string field)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(() => ListAsync(new() { Model = "paged", PageSize = size, PageToken = token }));

        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.StartsWith(field, refusal.Status.Detail, StringComparison.Ordinal);
    }

    private async Task<ListModelVersionsResponse> ListAsync(ListModelVersionsRequest request) =>
        await _host.Client.ListModelVersionsAsync(request, RegistryHost.Headers(), Uploads.Deadline);
}
