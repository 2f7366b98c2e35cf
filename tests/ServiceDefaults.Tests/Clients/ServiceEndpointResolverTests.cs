using Microsoft.Extensions.Configuration;
using ModelOps.ServiceDefaults.Discovery;

namespace ModelOps.ServiceDefaults.Tests.Clients;

public sealed class ServiceEndpointResolverTests
{
    private static readonly IConfiguration Configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["Services:Key"] = "a credential, not a service",
        ["services:registry:http:0"] = "http://10.0.0.1:5101",
        ["services:registry:grpc:0"] = "http://10.0.0.1:5102",
        ["services:registry:grpc:1"] = "http://10.0.0.2:5102",
        ["services:external:default:0"] = "https://example.org",
        ["services:both:http:0"] = "http://10.0.0.3:80",
        ["services:both:https:0"] = "https://10.0.0.3:443",
        ["services:bare:http:0"] = "10.0.0.4:8080",
    }).Build();

    private readonly ServiceEndpointResolver _resolver = new(Configuration);

    [Theory]
    [InlineData("http://registry/v1/models?page=2", "http://10.0.0.1:5101/v1/models?page=2")]
    [InlineData("http://REGISTRY/", "http://10.0.0.1:5101/")]
    [InlineData("http://_http.registry/", "http://10.0.0.1:5101/")]
    [InlineData("https://external/x", "https://example.org/x")]
    [InlineData("https+http://both/", "https://10.0.0.3/")]
    [InlineData("https+http://registry/", "http://10.0.0.1:5101/")]
    [InlineData("http://bare/", "http://10.0.0.4:8080/")]
    public void A_name_becomes_an_address(string asked, string address) => Assert.Equal(new Uri(address), _resolver.Resolve(new Uri(asked)));

    [Theory]
    [InlineData("http://unknown/")]
    [InlineData("http://127.0.0.1:5101/")]
    [InlineData("http://_missing.registry/")]
    [InlineData("https://registry/")]
    [InlineData("http://key/")]
    public void What_is_no_service_is_not_touched(string asked) => Assert.Null(_resolver.Resolve(new Uri(asked)));

    [Fact]
    public void Several_addresses_take_turns()
    {
        var taken = Enumerable.Range(0, 4).Select(_ => _resolver.Resolve(new Uri("http://_grpc.registry/"))!.Host);

        Assert.Equal(["10.0.0.1", "10.0.0.2", "10.0.0.1", "10.0.0.2"], taken);
    }
}
