using System.Collections.Concurrent;
using System.Threading.Channels;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ModelOps.Contracts.Gateway.V1;
using ModelOps.Contracts.OpenInference;

namespace ModelOps.Gateway.Tests.Support;

/// <summary>What an Inference replica does on the wire: it holds a stream to the gateway, says what it holds, and answers.</summary>
internal sealed class PeerReplica : IAsyncDisposable
{
    private readonly RunningGateway _gateway;
    private readonly GrpcChannel _channel;
    private readonly AsyncDuplexStreamingCall<ReplicaReport, DesiredState> _stream;
    private readonly PeerServer? _server;
    private readonly Task _reading;
    private readonly Channel<DesiredState> _states = Channel.CreateUnbounded<DesiredState>();

    private PeerReplica(string id, RunningGateway gateway, PeerServer? server, string http, string grpc, Answers answers)
    {
        (Id, _gateway, _server, HttpAddress, GrpcAddress, Seen) = (id, gateway, server, http, grpc, answers);
        _channel = GrpcChannel.ForAddress(gateway.GrpcAddress);
        _stream = new ServingState.ServingStateClient(_channel).WatchDesiredState(RunningGateway.ServiceHeaders());
        _reading = ReadAsync();
    }

    public string Id { get; }

    public string HttpAddress { get; }

    public string GrpcAddress { get; }

    /// <summary>What arrived here.</summary>
    public Answers Seen { get; }

    /// <summary>The stream's end: completes when the gateway ends it, with its status when that is an error.</summary>
    public Task Ended => _reading;

    /// <summary>Connects a replica that answers, and takes the first desired state.</summary>
    public static async Task<PeerReplica> ConnectAsync(RunningGateway gateway, string id, params (string Model, long Version)[] ready)
    {
        var answers = new Answers(id);
        var server = await PeerServer.StartAsync(
            services => services.AddSingleton(answers),
            app =>
            {
                app.MapGrpcService<Inference>();
                app.Map("/{**path}", answers.AnswerRestAsync);
            });
        var replica = new PeerReplica(id, gateway, server, server.Http, server.Grpc, answers);
        await replica.ReportAsync(LoadState.Ready, ready);
        return replica;
    }

    /// <summary>Connects a replica whose addresses answer nothing.</summary>
    public static async Task<PeerReplica> ConnectDeadAsync(RunningGateway gateway, string id, string address, params (string Model, long Version)[] ready)
    {
        var replica = new PeerReplica(id, gateway, null, address, address, new(id));
        await replica.ReportAsync(LoadState.Ready, ready);
        return replica;
    }

    public Task ReportAsync(LoadState state, params (string Model, long Version)[] versions) => ReportAsync(new ReplicaReport
    {
        InstanceId = Id,
        HttpAddress = HttpAddress,
        GrpcAddress = GrpcAddress,
        Versions = { versions.Select(v => new LoadedVersion { Workspace = "default", Model = v.Model, Version = v.Version, State = state, Reason = state == LoadState.Failed ? "broken file" : "" }) },
    });

    public Task ReportAsync(ReplicaReport report) => _stream.RequestStream.WriteAsync(report);

    /// <summary>Waits for a desired state that fits.</summary>
    public async Task<DesiredState> DesiredAsync(Func<DesiredState, bool> fits)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var state = await _states.Reader.ReadAsync(limit.Token);
            if (fits(state))
            {
                return state;
            }
        }
    }

    /// <summary>Ends the stream as a process does that stops.</summary>
    public Task LeaveAsync() => _stream.RequestStream.CompleteAsync();

    public async ValueTask DisposeAsync()
    {
        _stream.Dispose();
        await ((Task)_reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _channel.Dispose();
        await _gateway.UntilGoneAsync(Id);
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    private async Task ReadAsync()
    {
        while (await _stream.ResponseStream.MoveNext(CancellationToken.None))
        {
            _states.Writer.TryWrite(_stream.ResponseStream.Current);
        }
    }

    /// <summary>One request as it arrived.</summary>
    internal sealed record Request(string Path, IReadOnlyDictionary<string, string> Headers, long BodyLength);

    /// <summary>Answers with the replica's name, and keeps what it was asked.</summary>
    internal sealed class Answers(string id)
    {
        public ConcurrentQueue<Request> Requests { get; } = new();

        public string Id { get; } = id;

        /// <summary>When set, answers wait for it.</summary>
        public TaskCompletionSource? Hold { get; set; }

        public async Task AnswerRestAsync(HttpContext context)
        {
            var length = 0L;
            var buffer = new byte[16_384];
            for (int read; (read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0; length += read)
            {
            }
            Keep(context, length);
            await HoldAsync();
            foreach (var name in (string[])["Inference-Header-Content-Length", "Content-Encoding"])
            {
                context.Response.Headers[name] = context.Request.Headers[name]; // as an answer in the binary form has them
            }
            await context.Response.WriteAsJsonAsync(new { replica = Id, path = context.Request.Path.Value }, context.RequestAborted);
        }

        public void Keep(HttpContext context, long length) => Requests.Enqueue(new(
            context.Request.Path, context.Request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString(), StringComparer.Ordinal), length));

        public Task HoldAsync() => Hold?.Task ?? Task.CompletedTask;
    }

    private sealed class Inference(Answers answers) : GRPCInferenceService.GRPCInferenceServiceBase
    {
        public override async Task<ModelInferResponse> ModelInfer(ModelInferRequest request, ServerCallContext context)
        {
            answers.Keep(context.GetHttpContext(), request.CalculateSize());
            await answers.HoldAsync();
            if (request.Id == "refuse")
            {
                throw new RpcException(new(StatusCode.FailedPrecondition, "the replica refuses"));
            }
            var response = new ModelInferResponse { ModelName = request.ModelName, ModelVersion = request.ModelVersion, Id = answers.Id };
            response.RawOutputContents.Add(request.RawInputContents);
            return response;
        }

        public override Task<ModelReadyResponse> ModelReady(ModelReadyRequest request, ServerCallContext context) =>
            Task.FromResult(new ModelReadyResponse { Ready = true });

        public override async Task ModelStreamInfer(
            IAsyncStreamReader<ModelInferRequest> requestStream, IServerStreamWriter<ModelStreamInferResponse> responseStream, ServerCallContext context)
        {
            answers.Keep(context.GetHttpContext(), 0);
            while (await requestStream.MoveNext(context.CancellationToken))
            {
                var response = new ModelInferResponse { ModelName = requestStream.Current.ModelName, Id = requestStream.Current.Id };
                await responseStream.WriteAsync(new() { InferResponse = response }, context.CancellationToken);
            }
        }

        public override Task<ModelStatisticsResponse> ModelStatistics(ModelStatisticsRequest request, ServerCallContext context) =>
            Task.FromResult(new ModelStatisticsResponse { ModelStats = { new ModelStatistics { Name = $"{answers.Id}:{request.Name}" } } });

        public override Task<RepositoryIndexResponse> RepositoryIndex(RepositoryIndexRequest request, ServerCallContext context) =>
            Task.FromResult(new RepositoryIndexResponse { Models = { new RepositoryIndexResponse.Types.ModelIndex { Name = answers.Id } } });

        public override Task<ServerLiveResponse> ServerLive(ServerLiveRequest request, ServerCallContext context) =>
            Task.FromResult(new ServerLiveResponse { Live = true });
    }
}
