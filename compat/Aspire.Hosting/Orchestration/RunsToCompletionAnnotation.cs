using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>Somebody waits for the resource to end, so it is not started again when it does.</summary>
internal sealed class RunsToCompletionAnnotation : IResourceAnnotation;
