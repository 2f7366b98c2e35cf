using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>What running resources takes.</summary>
internal sealed record OrchestrationServices(
    IServiceProvider Services,
    DistributedApplicationModel Model,
    DistributedApplicationOptions Options,
    DistributedApplicationExecutionContext ExecutionContext,
    IDistributedApplicationEventing Eventing,
    ResourceNotificationService Notifications,
    ResourceLoggerService Loggers,
    HealthCheckService Health,
    StoreLocation Store,
    IConfiguration Configuration,
    TimeProvider Clock,
    ILoggerFactory LoggerFactory);
