using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.Processes;

namespace ModelOps.Aspire.Tests.Processes;

public sealed class PortsTests
{
    [Fact]
    public void A_port_is_handed_out_once()
    {
        var ports = Enumerable.Range(0, 200).Select(_ => Ports.TakeFree()).ToList();

        Assert.Equal(ports.Count, ports.Distinct().Count());
        Assert.All(ports, port => Assert.True(Ports.IsFree(port)));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    public void A_port_is_not_free_while_someone_listens(string address)
    {
        using var listener = new TcpListener(IPAddress.Parse(address), 0);
        listener.Start();

        Assert.False(Ports.IsFree(((IPEndPoint)listener.LocalEndpoint).Port));
    }
}
