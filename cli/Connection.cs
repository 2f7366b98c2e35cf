using System.CommandLine;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Cli;

/// <summary>Where the gateway is and who asks: options of every command, with what the environment says for those left out.</summary>
internal sealed class Connection
{
    private const string DefaultGateway = "http://127.0.0.1:8080";
    private const string DefaultGatewayGrpc = "http://127.0.0.1:8081";
    private readonly CliSettings _settings;
    private readonly Option<string?> _gateway = new("--gateway") { Description = $"REST address of the gateway [env: MODELOPS_GATEWAY; default: {DefaultGateway}]" };
    private readonly Option<string?> _gatewayGrpc = new("--gateway-grpc")
    {
        Description = $"gRPC address of the gateway [env: MODELOPS_GATEWAY_GRPC; default: an https gateway's own, else {DefaultGatewayGrpc}]",
    };

    private readonly Option<string?> _key = new("--api-key") { Description = "Key to ask with [env: MODELOPS_API_KEY]" };

    public Connection(CliSettings settings, Command command, bool grpc = false)
    {
        _settings = settings;
        command.Options.Add(_gateway);
        if (grpc)
        {
            command.Options.Add(_gatewayGrpc);
        }
        command.Options.Add(_key);
    }

    public Outcome<Uri> Rest(ParseResult arguments) => Address("gateway", arguments.GetValue(_gateway) ?? _settings.Gateway ?? DefaultGateway);

    /// <summary>With TLS both protocols share a port; without, each has its own.</summary>
    public Outcome<Uri> Grpc(ParseResult arguments)
    {
        var gateway = arguments.GetValue(_gateway) ?? _settings.Gateway;
        if ((arguments.GetValue(_gatewayGrpc) ?? _settings.GatewayGrpc) is { } address)
        {
            return Address("gateway_grpc", address);
        }
        return gateway is null ? new Uri(DefaultGatewayGrpc)
            : gateway.StartsWith("https:", StringComparison.OrdinalIgnoreCase) ? Address("gateway", gateway)
            : Refusal.Invalid("gateway_grpc", "must be given beside a gateway without TLS: gRPC has a port of its own there");
    }

    public Outcome<string> Key(ParseResult arguments) => (arguments.GetValue(_key) ?? _settings.ApiKey) is { Length: > 0 } key
        ? key
        : Refusal.Invalid("api_key", "must be given, or MODELOPS_API_KEY set");

    private static Outcome<Uri> Address(string field, string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            ? address
            : Refusal.Invalid(field, $"must be an http or https address, is '{text}'");
}
