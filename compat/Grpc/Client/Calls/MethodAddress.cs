using Grpc.Core;

namespace Grpc.Net.Client.Calls;

/// <summary>What all calls of one method on one channel share.</summary>
internal sealed record MethodAddress(Uri CallUri, string ServiceUrl)
{
    public static MethodAddress Of(Uri channel, IMethod method)
    {
        var root = channel.GetLeftPart(UriPartial.Authority);
        return new MethodAddress(new Uri(root + method.FullName), $"{root}/{method.ServiceName}");
    }
}
