using System.Net;
using System.Net.Sockets;

namespace ModelOps.ServiceDefaults.Tests.Hosting;

/// <summary>Seen from outside, as an operator sees it.</summary>
public sealed class StartupTests
{
    private static readonly (string, string) Key = ("Services__Key", TestHost.ServiceKey);

    [Fact]
    public async Task A_missing_credential_is_one_line_and_an_exit_code()
    {
        var service = await ServiceProcess.RunAsync();

        AssertOneLine("ModelOps.TestService cannot start: Services:Key: must be set: the credential that the services share", service);
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_in_the_line()
    {
        var service = await ServiceProcess.RunAsync(("Services__Key", "short"), ("Telemetry__MaxSeries", "0"));

        AssertOneLine(
            "ModelOps.TestService cannot start: Telemetry:MaxSeries: The field MaxSeries must be between 1 and 100000.; Services:Key: must have at least 32 characters",
            service);
    }

    [Fact]
    public async Task A_value_of_the_wrong_type_names_its_key()
    {
        var service = await ServiceProcess.RunAsync(Key, ("Telemetry__MaxSeries", "many"));

        AssertOneLine(
            "ModelOps.TestService cannot start: Failed to convert configuration value 'many' at 'Telemetry:MaxSeries' to type 'System.Int32'.", service);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var url = $"http://{taken.LocalEndpoint}";

        var service = await ServiceProcess.RunAsync(Key, ("ASPNETCORE_URLS", url));

        AssertOneLine($"ModelOps.TestService cannot start: Failed to bind to address {url}: address already in use.", service);
    }

    private static void AssertOneLine(string line, ServiceProcess service)
    {
        Assert.Equal(line, service.Error.TrimEnd());
        Assert.Equal(1, service.ExitCode);
        Assert.DoesNotContain("   at ", service.Output, StringComparison.Ordinal);
    }
}
