namespace ModelOps.Interop;

internal static class Scenarios
{
    public static IReadOnlyList<string> Kinds { get; } = ["Unary", "ServerStream", "ClientStream", "Duplex"];

    public static TheoryData<string> KindsAlone => [.. Kinds];

    public static TheoryData<string> EachKind(string scenario) => [.. Kinds.Select(kind => $"{scenario} {kind}")];

    public static TheoryData<string> EachVersion(string scenario) => [$"reflection v1 {scenario}", $"reflection v1alpha {scenario}"];
}
