namespace Aspire.Hosting.Orchestration;

/// <summary>A builder of this stand-in, which has a place to keep what is generated.</summary>
internal interface IStoreOwner
{
    StoreLocation Files { get; }
}

internal static class StoreOwners
{
    public static StoreLocation? Store(this IDistributedApplicationBuilder builder) => (builder as IStoreOwner)?.Files;
}
