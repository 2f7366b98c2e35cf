namespace ModelOps.Gateway.Serving;

/// <summary>What the process gives to everything in this folder.</summary>
internal sealed record SessionEnvironment(TimeProvider Clock, IHostApplicationLifetime Lifetime, ILogger<SessionEnvironment> Logger);
