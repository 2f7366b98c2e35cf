using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ModelOps.Gateway.Tests.Support;

/// <summary>A service behind the gateway, as far as the gateway passes REST on to it: it answers with its name.</summary>
internal sealed class PeerService : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Method, string Path, string Actor, string Authorization, long Bytes)> _requests = new();
    private PeerServer? _server;

    public string Http => _server!.Http;

    /// <summary>Paths with their query, actors, credentials and sizes of what came through.</summary>
    public IReadOnlyCollection<(string Method, string Path, string Actor, string Authorization, long Bytes)> Requests => _requests;

    public static async Task<PeerService> StartAsync(string name)
    {
        var peer = new PeerService();
        peer._server = await PeerServer.StartAsync(_ => { }, app => app.Map("/{**path}", context => peer.AnswerAsync(context, name)));
        return peer;
    }

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private async Task AnswerAsync(HttpContext context, string name)
    {
        var length = 0L;
        var buffer = new byte[16_384];
        for (int read; (read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0; length += read)
        {
        }
        var headers = context.Request.Headers;
        _requests.Enqueue((
            context.Request.Method, context.Request.Path.Value + context.Request.QueryString, headers["x-modelops-actor"].ToString(), headers.Authorization.ToString(), length));
        await context.Response.WriteAsJsonAsync(new { service = name }, context.RequestAborted);
    }
}
