using System.Text;
using Google.Protobuf.WellKnownTypes;
using ModelOps.Onnx;
using ModelOps.Registry.Governance;
using ModelOps.Registry.Models;
using ModelOps.Registry.Stages;
using Wire = ModelOps.Contracts.Registry.V1;

namespace ModelOps.Registry.Versions;

/// <summary>Between the messages of registry.proto and this service's own types.</summary>
internal static class WireMapping
{
    public static RegisterVersion ToCommand(this Wire.RegisterModelVersionHeader header, string? actor) => new(
        ModelKey.Of(header.Workspace, header.Model),
        header.Sha256,
        new(
            header.Algorithm, header.Author.Length > 0 ? header.Author : VersionRules.AuthorOf(actor), header.Description, header.TrainingData,
            header.Metrics.AsReadOnly(), header.Tags.AsReadOnly()))
    {
        Lineage = header.Lineage.ToLineage(),
        Profile = header.ReferenceProfile.Memory,
        Serving = Encoding.UTF8.GetBytes(header.Serving),
        Actor = VersionRules.AuthorOf(actor),
    };

    public static TransitionStage ToCommand(this Wire.TransitionStageRequest request, string? actor) => new(
        ModelKey.Of(request.Workspace, request.Model), request.Version, (Stage)request.Stage, request.Reason, VersionRules.AuthorOf(actor));

    public static GovernancePolicy ToPolicy(this Wire.GovernancePolicy policy) => new(
        policy.MetricFloors.AsReadOnly(), policy.MetricCeilings.AsReadOnly(), policy.RequireReferenceProfile);

    public static Wire.GovernancePolicy ToWire(this GovernancePolicy policy, ModelKey model) => new()
    {
        Workspace = model.Workspace,
        Model = model.Name,
        MetricFloors = { policy.MetricFloors.ToDictionary() },
        MetricCeilings = { policy.MetricCeilings.ToDictionary() },
        RequireReferenceProfile = policy.RequireReferenceProfile,
    };

    public static Wire.ModelVersion ToWire(this ModelVersion version) => new()
    {
        Workspace = version.Model.Workspace,
        Model = version.Model.Name,
        Version = version.Version,
        Sha256 = version.Sha256,
        SizeBytes = version.SizeBytes,
        Signature = version.Signature.ToWire(),
        Algorithm = version.Metadata.Algorithm,
        Author = version.Metadata.Author,
        Description = version.Metadata.Description,
        TrainingData = version.Metadata.TrainingData,
        Metrics = { version.Metadata.Metrics.ToDictionary() },
        Tags = { version.Metadata.Tags.ToDictionary() },
        CreateTime = version.CreateTime.ToTimestamp(),
        Stage = (Wire.Stage)version.Stage,
        Governance = version.Governance.ToWire(),
        Lineage = version.Lineage.ToWire(),
        HasReferenceProfile = version.HasReferenceProfile,
        Serving = version.Serving,
    };

    public static Wire.ListModelVersionsResponse ToWire(this Page<ModelVersion> page) => new()
    {
        Versions = { page.Items.Select(ToWire) },
        NextPageToken = page.NextPageToken,
    };

    public static Wire.ListModelsResponse ToWire(this Page<Model> page) => new()
    {
        Models = { page.Items.Select(ToWire) },
        NextPageToken = page.NextPageToken,
    };

    private static Lineage ToLineage(this Wire.Lineage? lineage) => lineage is null ? new() : new()
    {
        RunId = lineage.RunId,
        DatasetSha256 = lineage.DatasetSha256,
        ParentVersion = lineage.ParentVersion,
        FeatureService = lineage.FeatureService,
        FeatureServiceVersion = lineage.FeatureServiceVersion,
    };

    private static Wire.Lineage ToWire(this Lineage lineage) => new()
    {
        RunId = lineage.RunId,
        DatasetSha256 = lineage.DatasetSha256,
        ParentVersion = lineage.ParentVersion,
        FeatureService = lineage.FeatureService,
        FeatureServiceVersion = lineage.FeatureServiceVersion,
    };

    private static Wire.GovernanceReport ToWire(this GovernanceReport report) => new()
    {
        Passed = report.Passed,
        Gates = { report.Gates.Select(gate => new Wire.GateResult { Gate = gate.Gate, Passed = gate.Passed, Detail = gate.Detail }) },
    };

    private static Wire.Model ToWire(this Model model) => new()
    {
        Workspace = model.Key.Workspace,
        Name = model.Key.Name,
        LatestVersion = model.LatestVersion,
        CreateTime = model.CreateTime.ToTimestamp(),
    };

    private static Wire.ModelSignature ToWire(this ModelSignature signature) => new()
    {
        Inputs = { signature.Inputs.Select(ToWire) },
        Outputs = { signature.Outputs.Select(ToWire) },
        Opset = signature.Opset,
    };

    private static Wire.TensorSpec ToWire(this TensorSpec tensor) => new() { Name = tensor.Name, Datatype = tensor.Datatype, Shape = { tensor.Shape } };
}
