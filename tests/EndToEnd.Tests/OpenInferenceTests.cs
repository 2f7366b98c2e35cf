using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using ModelOps.Contracts.OpenInference;

namespace ModelOps.EndToEnd.Tests;

/// <summary>A plain prediction through the public gateway gives the numbers another ONNX Runtime gave, over either protocol.</summary>
[Collection(RunningApplication.Collection)]
public sealed class OpenInferenceTests(RunningApplication application) : IAsyncLifetime
{
    private const string Model = "gbc-d3";
    private static readonly JsonElement Golden = Testing.Golden.Json("models/expected.json").GetProperty("models").GetProperty("gbc_d3");
    private readonly HttpClient _http = application.CreateClient();

    public Task InitializeAsync() => GoldenModel.ServeAsync(_http, Model, "gbc_d3.onnx");

    public Task DisposeAsync()
    {
        _http.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Rest_gives_the_expected_numbers()
    {
        foreach (var expected in Golden.GetProperty("cases").EnumerateArray())
        {
            var inputs = expected.GetProperty("inputs").EnumerateArray().Select(input => new
            {
                name = input.GetProperty("name"),
                shape = input.GetProperty("shape"),
                datatype = input.GetProperty("datatype"),
                data = input.GetProperty("data"),
            });

            using var answer = await _http.PostAsJsonAsync($"/v2/models/{Model}/infer", new { inputs });

            answer.EnsureSuccessStatusCode();
            var outputs = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("outputs");
            var probabilities = outputs.EnumerateArray().Single(output => output.GetProperty("name").ValueEquals("probabilities"));
            AssertClose(expected, [.. probabilities.GetProperty("data").EnumerateArray().Select(value => value.GetSingle())]);
        }
    }

    [Fact]
    public async Task Grpc_gives_the_expected_numbers()
    {
        using var channel = GrpcChannel.ForAddress(application.Grpc);
        var client = new GRPCInferenceService.GRPCInferenceServiceClient(channel);
        var headers = new Metadata { { "x-api-key", application.AdminKey } };
        foreach (var expected in Golden.GetProperty("cases").EnumerateArray())
        {
            var request = new ModelInferRequest { ModelName = Model };
            foreach (var input in expected.GetProperty("inputs").EnumerateArray())
            {
                request.Inputs.Add(new ModelInferRequest.Types.InferInputTensor
                {
                    Name = input.GetProperty("name").GetString()!,
                    Datatype = input.GetProperty("datatype").GetString()!,
                    Shape = { input.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()) },
                });
                request.RawInputContents.Add(ByteString.CopyFrom(input.GetProperty("raw_b64").GetBytesFromBase64()));
            }

            var answer = await client.ModelInferAsync(request, headers, TimeProvider.System.GetUtcNow().AddSeconds(30).UtcDateTime);

            var at = answer.Outputs.Select((output, i) => (output.Name, i)).Single(output => output.Name == "probabilities").i;
            AssertClose(expected, MemoryMarshal.Cast<byte, float>(answer.RawOutputContents[at].Span).ToArray());
        }
    }

    private static void AssertClose(JsonElement expected, float[] probabilities)
    {
        var wanted = expected.GetProperty("outputs").EnumerateArray().Single(output => output.GetProperty("name").ValueEquals("probabilities"))
            .GetProperty("data").EnumerateArray().Select(value => value.GetSingle()).ToArray();
        Assert.Equal(wanted.Length, probabilities.Length);
        Assert.All(wanted.Zip(probabilities), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }
}
