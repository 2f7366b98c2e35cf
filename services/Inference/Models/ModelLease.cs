namespace ModelOps.Inference.Models;

/// <summary>Keeps a model loaded for the length of a request.</summary>
internal readonly struct ModelLease(LoadedModel model) : IDisposable
{
    public LoadedModel Model => model;

    public void Dispose() => model.Release();
}
