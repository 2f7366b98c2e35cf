using System.Text;
using System.Text.Json;
using Google.Protobuf;
using ModelOps.Contracts.OpenInference;
using ModelOps.Inference.Tests.Support;
using ModelOps.Testing;

namespace ModelOps.Inference.Tests.OpenInference;

/// <summary>Models and answers that another ONNX Runtime made: both protocols give the same numbers.</summary>
[Collection(Serving.Name)]
public sealed class GoldenModelTests(Serving serving)
{
    private static readonly JsonElement Expected = Golden.Json("models/expected.json").GetProperty("models");
    private readonly InferenceApp _app = serving.App;

    public static TheoryData<string, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int>();
            foreach (var model in Expected.EnumerateObject())
            {
                for (var i = 0; i < model.Value.GetProperty("cases").GetArrayLength(); i++)
                {
                    cases.Add(model.Name, i);
                }
            }
            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public async Task Raw_grpc_gives_the_expected_numbers(string model, int index)
    {
        var expected = Case(model, index);
        var request = new ModelInferRequest { ModelName = model, Id = $"case-{index}" };
        foreach (var input in expected.GetProperty("inputs").EnumerateArray())
        {
            request.Inputs.Add(Describe(input));
            request.RawInputContents.Add(ByteString.CopyFrom(input.GetProperty("raw_b64").GetBytesFromBase64()));
        }

        var answer = await _app.InferAsync(request);

        Assert.Equal(($"case-{index}", "1"), (answer.Id, answer.ModelVersion));
        AssertOutputs(expected, answer);
    }

    [Theory, MemberData(nameof(Cases))]
    public async Task Typed_grpc_gives_the_expected_numbers(string model, int index)
    {
        var expected = Case(model, index);
        var request = new ModelInferRequest { ModelName = model };
        foreach (var input in expected.GetProperty("inputs").EnumerateArray())
        {
            var tensor = Describe(input);
            tensor.Contents = new() { Fp32Contents = { input.GetProperty("data").EnumerateArray().Select(value => value.GetSingle()) } };
            request.Inputs.Add(tensor);
        }

        var answer = await _app.InferAsync(request);

        AssertOutputs(expected, answer);
    }

    [Theory, MemberData(nameof(Cases))]
    public async Task Rest_gives_the_expected_numbers_without_a_content_type(string model, int index)
    {
        var expected = Case(model, index);
        var body = JsonSerializer.SerializeToUtf8Bytes(new { id = "r", inputs = expected.GetProperty("inputs").EnumerateArray().Select(Bare) });

        using var answer = await _app.Http.PostAsync($"/v2/models/{model}/versions/1/infer", new ByteArrayContent(body));
        using var json = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync());

        Assert.True(answer.IsSuccessStatusCode, Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync()));
        Assert.Equal((model, "1", "r"), (Text(json.RootElement, "model_name"), Text(json.RootElement, "model_version"), Text(json.RootElement, "id")));
        foreach (var (want, got) in expected.GetProperty("outputs").EnumerateArray().Zip(json.RootElement.GetProperty("outputs").EnumerateArray()))
        {
            Assert.Equal(Text(want, "name"), Text(got, "name"));
            Assert.Equal(Longs(want.GetProperty("shape")), Longs(got.GetProperty("shape")));
            AssertClose(Numbers(want.GetProperty("data")), Numbers(got.GetProperty("data")));
        }
    }

    [Fact]
    public async Task Metadata_names_the_tensors_in_both_protocols()
    {
        var grpc = await _app.Grpc.ModelMetadataAsync(new() { Name = "mlp" }, InferenceApp.Headers);
        var rest = await _app.Http.GetStringAsync("/v2/models/mlp");

        Assert.Equal(("onnxruntime_onnx", "1"), (grpc.Platform, grpc.Versions.Single()));
        Assert.Equal(("input", "FP32", [-1, 30]), (grpc.Inputs[0].Name, grpc.Inputs[0].Datatype, grpc.Inputs[0].Shape));
        Assert.Equal(
            """{"name":"mlp","versions":["1"],"platform":"onnxruntime_onnx","inputs":[{"name":"input","datatype":"FP32","shape":[-1,30]}],"outputs":[{"name":"label","datatype":"INT64","shape":[-1]},{"name":"probabilities","datatype":"FP32","shape":[-1,2]}]}""",
            rest);
    }

    private static JsonElement Case(string model, int index) => Expected.GetProperty(model).GetProperty("cases")[index];

    private static object Bare(JsonElement input) => new
    {
        name = Text(input, "name"),
        data = input.GetProperty("data"),
        datatype = Text(input, "datatype"),
        shape = input.GetProperty("shape"),
    };

    private static ModelInferRequest.Types.InferInputTensor Describe(JsonElement input) =>
        new() { Name = Text(input, "name"), Datatype = Text(input, "datatype"), Shape = { Longs(input.GetProperty("shape")) } };

    private static void AssertOutputs(JsonElement expected, ModelInferResponse answer)
    {
        var outputs = expected.GetProperty("outputs").EnumerateArray().ToList();
        Assert.Equal(outputs.Select(output => Text(output, "name")), answer.Outputs.Select(output => output.Name));
        for (var i = 0; i < outputs.Count; i++)
        {
            Assert.Equal(Longs(outputs[i].GetProperty("shape")), answer.Outputs[i].Shape);
            var raw = answer.RawOutputContents[i].ToByteArray();
            var numbers = answer.Outputs[i].Datatype == "INT64"
                ? Enumerable.Range(0, raw.Length / 8).Select(at => (double)BitConverter.ToInt64(raw, at * 8))
                : Enumerable.Range(0, raw.Length / 4).Select(at => (double)BitConverter.ToSingle(raw, at * 4));
            AssertClose(Numbers(outputs[i].GetProperty("data")), [.. numbers]);
        }
    }

    private static void AssertClose(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 5e-6));
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static long[] Longs(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetInt64())];

    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetDouble())];
}
