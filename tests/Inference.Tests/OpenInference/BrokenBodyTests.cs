using System.Net.Sockets;
using System.Text;
using ModelOps.Inference.Tests.Support;

namespace ModelOps.Inference.Tests.OpenInference;

/// <summary>Callers that vanish, or lie about what they send.</summary>
[Collection(Serving.Name)]
public sealed class BrokenBodyTests(Serving serving)
{
    private const string Half = """{"inputs":[{"name":"a","datatype":"FP32","shape":[1,2],"data":[1""";

    [Fact]
    public async Task A_body_that_is_cut_off_leaves_the_server_up()
    {
        for (var i = 0; i < 50; i++)
        {
            await SendAsync($"Content-Length: {Half.Length + 100}", Half, leave: true);
        }

        Assert.Equal(1, (await serving.App.InferAsync(Requests.Of("sum", Requests.Floats("a", [1, 2], 1, 2), Requests.Floats("b", [1, 2], 0, 0)))).Outputs[0].Shape[0]);
    }

    [Fact]
    public async Task A_body_whose_rest_does_not_come_is_given_up_and_others_are_answered_meanwhile()
    {
        var slow = SendAsync($"Content-Length: {Half.Length + 100}", Half, leave: false);

        await serving.App.InferAsync(Requests.Of("sum", Requests.Floats("a", [1, 2], 1, 2), Requests.Floats("b", [1, 2], 0, 0)));
        Assert.False(slow.IsCompleted);
        Assert.Contains("too slowly", await slow.WaitAsync(TimeSpan.FromSeconds(30)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_whose_end_is_missing_is_no_json()
    {
        var answer = await SendAsync($"Content-Length: {Half.Length}", Half, leave: false);

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("""{"error":"body: is not valid JSON: line 1, byte 65"}""", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chunk_of_wrong_length_is_a_bad_request()
    {
        var answer = await SendAsync("Transfer-Encoding: chunked", $"zz\r\n{Half}\r\n0\r\n\r\n", leave: false);

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
    }

    /// <summary>Sends bytes as they are; no client library would.</summary>
    private async Task<string> SendAsync(string header, string body, bool leave)
    {
        var address = serving.App.Http.BaseAddress!;
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        var stream = client.GetStream();
        var request = $"POST /v2/models/sum/infer HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: Bearer {InferenceApp.Key}\r\nConnection: close\r\n{header}\r\n\r\n{body}";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        if (leave)
        {
            return ""; // in the middle of its body
        }
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}
