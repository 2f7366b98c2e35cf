using System.Globalization;
using System.Text;
using ModelOps.FeatureStore.Definitions;
using ModelOps.FeatureStore.Values;

namespace ModelOps.FeatureStore.Online;

/// <summary>
/// Names of rows in Redis: <c>features:{workspace/entity key}view</c>. What stands in the first braces decides the slot of a cluster,
/// so all views of an entity lie together. A view's name has no brace and a workspace's no slash, so no two rows share a name.
/// </summary>
internal static class OnlineKeys
{
    public static byte[] Of(FeatureView view, FeatureValue entity) => Encoding.UTF8.GetBytes(
        $"features:{{{view.Workspace}/{(entity.Type == FeatureType.String ? entity.Text : entity.Bits.ToString(CultureInfo.InvariantCulture))}}}{view.Name}");
}
