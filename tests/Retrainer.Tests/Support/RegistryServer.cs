using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using ModelOps.Contracts.Registry.V1;

namespace ModelOps.Retrainer.Tests.Support;

/// <summary>A version as the Registry's stand-in keeps it.</summary>
internal sealed record Registered(ModelVersion Version, byte[] Artifact, byte[] Profile);

/// <summary>The Registry's wire as far as the Retrainer uses it.</summary>
internal sealed class RegistryServer(Neighbours world) : ModelRegistry.ModelRegistryBase
{
    public override async Task<ModelVersion> RegisterModelVersion(IAsyncStreamReader<RegisterModelVersionRequest> requestStream, ServerCallContext context)
    {
        Assert.True(await requestStream.MoveNext(context.CancellationToken));
        var header = requestStream.Current.Header;
        using var artifact = new MemoryStream();
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            artifact.Write(requestStream.Current.Chunk.Span);
        }
        world.Registrations++;
        await world.RegistrationGate.WaitAsync(context.CancellationToken);
        lock (world.Versions)
        {
            if (world.Versions.FirstOrDefault(known => known.Version.Model == header.Model && known.Version.Sha256 == header.Sha256) is { } holder)
            {
                throw new RpcException(new Status(StatusCode.AlreadyExists, $"version {holder.Version.Version} of {header.Model} holds the same artifact"));
            }
            var version = new ModelVersion
            {
                Workspace = header.Workspace,
                Model = header.Model,
                Version = world.Versions.Count(known => known.Version.Model == header.Model) + 1,
                Sha256 = Convert.ToHexStringLower(SHA256.HashData(artifact.ToArray())),
                Algorithm = header.Algorithm,
                TrainingData = header.TrainingData,
                Metrics = { header.Metrics },
                Lineage = header.Lineage,
                Stage = Stage.Staging,
                Governance = new() { Passed = true },
            };
            Assert.Equal(header.Sha256, version.Sha256);
            world.Versions.Add(new(version, artifact.ToArray(), header.ReferenceProfile.ToByteArray()));
            return version;
        }
    }

    public override Task<ListModelVersionsResponse> ListModelVersions(ListModelVersionsRequest request, ServerCallContext context)
    {
        lock (world.Versions)
        {
            var versions = world.Versions.Where(known => known.Version.Model == request.Model).Select(known => known.Version).Reverse().ToList();
            // One a page, so that pages are turned.
            var skip = request.PageToken.Length == 0 ? 0 : int.Parse(request.PageToken);
            return versions.Count == 0
                ? throw new RpcException(new Status(StatusCode.NotFound, $"no model named {request.Model}"))
                : Task.FromResult(new ListModelVersionsResponse
                {
                    Versions = { versions.Skip(skip).Take(1) },
                    NextPageToken = skip + 1 < versions.Count ? $"{skip + 1}" : "",
                });
        }
    }

    public override async Task DownloadArtifact(
        DownloadArtifactRequest request, IServerStreamWriter<DownloadArtifactResponse> responseStream, ServerCallContext context)
    {
        var found = world.Versions.Single(known => known.Version.Model == request.Model && known.Version.Version == request.Version);
        await responseStream.WriteAsync(new() { Info = new() { Sha256 = found.Version.Sha256, SizeBytes = found.Artifact.Length } }, context.CancellationToken);
        foreach (var chunk in found.Artifact.Chunk(64 << 10))
        {
            await responseStream.WriteAsync(new() { Chunk = ByteString.CopyFrom(chunk) }, context.CancellationToken);
        }
    }
}
