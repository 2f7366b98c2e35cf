using System.Net;
using Grpc.Core;
using ModelOps.Contracts.OpenInference;
using ModelOps.Inference.Tests.Support;

namespace ModelOps.Inference.Tests.OpenInference;

/// <summary>Each wrong request gets one error that names the field and the rule, and the next request is answered.</summary>
[Collection(Serving.Name)]
public sealed class BadInputTests(Serving serving) : IAsyncLifetime
{
    private readonly InferenceApp _app = serving.App;

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>After each of these tests the server still answers.</summary>
    public async Task DisposeAsync()
    {
        var answer = await _app.InferAsync(Requests.Of("sum", Requests.Floats("a", [1, 2], 1, 2), Requests.Floats("b", [1, 2], 3, 4)));
        Assert.Equal([4, 6], Requests.FloatsOf(answer, 0));
    }

    public static TheoryData<string, StatusCode, string> Grpc
    {
        get
        {
            var data = new TheoryData<string, StatusCode, string>();
            foreach (var (name, _, status, message) in Wrong())
            {
                data.Add(name, status, message);
            }
            return data;
        }
    }

    [Theory, MemberData(nameof(Grpc))]
    public async Task Over_grpc(string name, StatusCode status, string message)
    {
        var request = Wrong().Single(wrong => wrong.Name == name).Request;

        var refused = await _app.RefusedAsync(request);

        Assert.Equal((status, message), (refused.StatusCode, refused.Detail));
    }

    [Theory]
    [InlineData("", "body: is empty")]
    [InlineData("[]", "body: must be a JSON object")]
    [InlineData("""{"inputs":[{"name":"a","sha""", "body: is not valid JSON: line 1, byte 28")]
    [InlineData("""{"inputs":{}}""", "inputs: must be an array")]
    [InlineData("""{"inputs":[7]}""", "inputs[0]: must be an object")]
    [InlineData("""{"inputs":[{"name":7}]}""", "inputs[0].name: must be a string")]
    [InlineData("""{"inputs":[{"name":"a","shape":[1,2],"data":[1,2]}]}""", "inputs[0].datatype: is missing")]
    [InlineData("""{"inputs":[{"name":"a","datatype":"FP32","shape":[1,2.5],"data":[1,2]}]}""", "inputs[0].shape: must be an array of at most 64 integers")]
    [InlineData("""{"inputs":[{"name":"a","datatype":"FP32","shape":[1,2],"data":[1]}]}""", "inputs.a: data has 1 elements, its shape takes 2")]
    [InlineData("""{"inputs":[{"name":"a","datatype":"FP32","shape":[1,2],"data":[1,2,3]}]}""", "inputs.a: data has more than the 2 elements of its shape")]
    [InlineData("""{"inputs":[{"name":"a","datatype":"FP32","shape":[1,2],"data":[1,"x"]}]}""", "inputs.a: data element 1 must be a number within FP32, or \"NaN\", \"Infinity\", \"-Infinity\"")]
    [InlineData("""{"inputs":[{"name":"a","datatype":"FP32","shape":[1,2],"data":[1,1e39]}]}""", "inputs.a: data element 1 must be a number within FP32, or \"NaN\", \"Infinity\", \"-Infinity\"")]
    [InlineData("""{"inputs":[{"name":"a","datatype":"FP32","shape":[1,2],"data":{}}]}""", "inputs.a: data must be an array")]
    [InlineData("""{"inputs":[{"name":"a","datatype":"FP64","shape":[1,2],"data":[1,2]}]}""", "inputs.a: has datatype 'FP64', the model takes FP32")]
    [InlineData("""{"inputs":[{"name":"a","datatype":"FP32","shape":[1,2],"data":[1,2]}]}""", "inputs.b: is missing; the model takes 'a', 'b'")]
    [InlineData("""{"inputs":[{"name":"a","datatype":"FP4","shape":[1,2],"data":[1,2]}]}""", "inputs.a: has datatype 'FP4', the model takes FP32")]
    [InlineData("""{"inputs":[{"name":"a","datatype":"FP32","shape":[-1,2],"data":[1,2]}]}""", "inputs.a: has a negative dimension in shape [-1,2]")]
    [InlineData("""{"inputs":[{"name":"a","datatype":"FP32","shape":[1099511627776,2],"data":[1,2]}]}""", "inputs.a: has more than 2147483647 elements in shape [1099511627776,2]")]
    [InlineData("""{"inputs":[],"id":1}""", "id: must be a string")]
    [InlineData("""{"inputs":[],"outputs":[{}]}""", "outputs[0].name: must be a string")]
    [InlineData("""{"inputs":[]} x""", "body: is not valid JSON: line 1, byte 15")]
    public async Task Over_rest(string body, string message)
    {
        using var answer = await _app.Http.PostAsync("/v2/models/sum/infer", Requests.Json(body));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(message, Error(await answer.Content.ReadAsStringAsync()));
    }

    [Theory]
    [InlineData("/v2/models/nobody/infer", 404, "Request for unknown model: 'nobody' is not found")]
    [InlineData("/v2/models/sum/versions/7/infer", 404, "Request for unknown model: 'sum' version 7 is not found")]
    [InlineData("/v2/models/sum/versions/x/infer", 400, "model_version: must be a number, is 'x'")]
    [InlineData("/v2/models/zipmap/infer", 503, "Request for unknown model: 'zipmap' version 1 is not at ready state: it failed to load: the file is refused: graph.output[0].type must be a tensor, it is a sequence of maps, as ZipMap makes: export with zipmap=False, so that probabilities are one tensor")]
    public async Task Of_models_that_are_not_there(string path, int status, string message)
    {
        using var answer = await _app.Http.PostAsync(path, Requests.Json("{}"));

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(message, Error(await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Invalid_utf8_in_json_is_refused()
    {
        byte[] body = [.. """{"inputs":[{"name":"x","datatype":"BYTES","shape":[1,3],"data":["a","b","""u8, (byte)'"', 0xFF, 0xFE, (byte)'"', .. "]}]}"u8];

        using var answer = await _app.Http.PostAsync("/v2/models/identity_string/infer", new ByteArrayContent(body));

        Assert.Equal((HttpStatusCode.BadRequest, "body: holds a string that is not valid UTF-8"), (answer.StatusCode, Error(await answer.Content.ReadAsStringAsync())));
    }

    [Fact]
    public async Task Ten_thousand_outputs_are_refused_over_rest()
    {
        var outputs = string.Join(',', Enumerable.Range(0, 10_000).Select(i => $$"""{"name":"o{{i}}"}"""));
        var body = $$"""
            {"inputs":[{"name":"a","datatype":"FP32","shape":[1,2],"data":[1,2]},{"name":"b","datatype":"FP32","shape":[1,2],"data":[3,4]}],"outputs":[{{outputs}}]}
            """;

        using var answer = await _app.Http.PostAsync("/v2/models/sum/infer", Requests.Json(body));

        Assert.Equal((HttpStatusCode.BadRequest, "outputs[4096]: must be an object, and there may be 4096 of them"), (answer.StatusCode, Error(await answer.Content.ReadAsStringAsync())));
    }

    [Fact]
    public async Task A_hundred_mebibytes_are_too_large_over_rest()
    {
        using var answer = await _app.Http.PostAsync("/v2/models/sum/infer", new ByteArrayContent(new byte[100 << 20]));

        Assert.Equal((HttpStatusCode)413, answer.StatusCode);
        Assert.Equal("body: has more than the 67108864 bytes that are taken", Error(await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task A_hundred_mebibytes_are_too_large_over_grpc()
    {
        var request = Requests.Of("sum", Requests.Tensor("a", "FP32", 13107200, 2)).Raw(new byte[100 << 20]);

        var refused = await _app.RefusedAsync(request);

        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
    }

    private static string Error(string body)
    {
        using var json = System.Text.Json.JsonDocument.Parse(body);
        return json.RootElement.GetProperty("error").GetString()!;
    }

    private static IEnumerable<(string Name, ModelInferRequest Request, StatusCode Status, string Message)> Wrong()
    {
        const StatusCode Invalid = StatusCode.InvalidArgument;
        var a = Requests.Floats("a", [1, 2], 1, 2);
        var b = Requests.Floats("b", [1, 2], 3, 4);

        yield return ("no model", Requests.Of("", a, b), Invalid, "model_name: must not be empty");
        yield return ("unknown model", Requests.Of("nobody", a, b), StatusCode.NotFound, "Request for unknown model: 'nobody' is not found");
        yield return ("unknown version", new(Requests.Of("sum", a, b)) { ModelVersion = "9" }, StatusCode.NotFound, "Request for unknown model: 'sum' version 9 is not found");
        yield return ("version no number", new(Requests.Of("sum", a, b)) { ModelVersion = "-1" }, Invalid, "model_version: must be a number, is '-1'");
        yield return ("missing input", Requests.Of("sum", a), Invalid, "inputs.b: is missing; the model takes 'a', 'b'");
        yield return ("unknown input", Requests.Of("sum", a, b, Requests.Floats("c", [1, 2], 1, 2)), Invalid, "inputs.c: is unknown; the model takes 'a', 'b'");
        yield return ("input twice", Requests.Of("sum", a, a), Invalid, "inputs.a: is given twice");
        yield return ("wrong type", Requests.Of("sum", Requests.Tensor("a", "FP64", 1, 2), b), Invalid, "inputs.a: has datatype 'FP64', the model takes FP32");
        yield return ("wrong width", Requests.Of("sum", Requests.Floats("a", [1, 3], 1, 2, 3), b), Invalid, "inputs.a: has shape [1,3], the model takes [-1,2]");
        yield return ("wrong rank", Requests.Of("sum", Requests.Floats("a", [2], 1, 2), b), Invalid, "inputs.a: has shape [2], the model takes [-1,2]");
        yield return ("different rows", Requests.Of("sum", a, Requests.Floats("b", [2, 2], 1, 2, 3, 4)), Invalid, "inputs.b: has 2 in dimension 0 ('N') where input 'a' has 1");
        yield return ("negative dimension", Requests.Of("sum", Requests.Floats("a", [-1, 2], 1, 2), b), Invalid, "inputs.a: has a negative dimension in shape [-1,2]");
        yield return ("too many elements", Requests.Of("sum", Requests.Floats("a", [1L << 40, 2], 1, 2), b), Invalid, "inputs.a: has more than 2147483647 elements in shape [1099511627776,2]");
        yield return ("overflowing product", Requests.Of("sum", Requests.Floats("a", [int.MaxValue, int.MaxValue, int.MaxValue], 1, 2), b), Invalid, "inputs.a: has more than 2147483647 elements in shape [2147483647,2147483647,2147483647]");
        yield return ("overflow beside a zero", Requests.Of("sum", Requests.Floats("a", [0, long.MaxValue], 1, 2), b), Invalid, $"inputs.a: has more than 2147483647 elements in shape [0,{long.MaxValue}]");
        yield return ("too few elements", Requests.Of("sum", Requests.Floats("a", [1, 2], 1), b), Invalid, "inputs.a: has 1 elements in fp32_contents, its shape takes 2; elements of FP32 travel in fp32_contents");
        yield return ("no elements", Requests.Of("sum", Requests.Tensor("a", "FP32", 1, 2), b), Invalid, "inputs.a: has 0 elements in fp32_contents, its shape takes 2; elements of FP32 travel in fp32_contents");
        yield return ("raw too short", Requests.Of("sum", Requests.Tensor("a", "FP32", 1, 2), Requests.Tensor("b", "FP32", 1, 2)).Raw(new byte[7], new byte[8]), Invalid, "inputs.a: has 7 bytes, its shape and datatype FP32 take 8");
        yield return ("raw for one of two", Requests.Of("sum", Requests.Tensor("a", "FP32", 1, 2), Requests.Tensor("b", "FP32", 1, 2)).Raw(new byte[8]), Invalid, "raw_input_contents: has 1 entries for 2 inputs; it takes one per input, or none");
        yield return ("raw and typed", Requests.Of("sum", a, Requests.Tensor("b", "FP32", 1, 2)).Raw(new byte[8], new byte[8]), Invalid, "inputs.a: has contents; the field must not be specified when using raw_input_contents for 'a' for model 'sum'");
        yield return ("text ends early", Requests.Of("identity_string", Requests.Tensor("x", "BYTES", 1, 3)).Raw([1, 0, 0, 0, 65, 9, 0, 0, 0]), Invalid, "inputs.x: ends inside element 1 of 3; each BYTES element is its length as 4 bytes, little-endian, then that many bytes");
        yield return ("text of huge length", Requests.Of("identity_string", Requests.Tensor("x", "BYTES", 1, 3)).Raw([255, 255, 255, 255, 65]), Invalid, "inputs.x: ends inside element 0 of 3; each BYTES element is its length as 4 bytes, little-endian, then that many bytes");
        yield return ("text goes on", Requests.Of("identity_string", Requests.Tensor("x", "BYTES", 1, 3)).Raw([.. Requests.Texts("a", "b", "c", "d")]), Invalid, "inputs.x: has bytes after the 3 elements of its shape");
        yield return ("no boolean", Requests.Of("identity_bool", Requests.Tensor("x", "BOOL", 1, 3)).Raw([0, 1, 2]), Invalid, "inputs.x: element 2 is 2, a BOOL is 0 or 1");
        yield return ("half typed", Requests.Of("identity_float16", Requests.Floats("x", [1, 3], 1, 2, 3)).WithDatatype("FP16"), Invalid, "inputs.x: has elements of FP16 in contents; they travel in raw_input_contents only");
        yield return ("out of range", Requests.Of("identity_int8", Requests.Tensor("x", "INT8", 1, 3)).WithInts(1, 128, 2), Invalid, "inputs.x: element 1 in int_contents does not fit INT8");
        yield return ("unknown output", Requests.Of("sum", a, b).WithOutputs("product"), Invalid, "outputs.product: is unknown; the model gives 'sum', 'difference'");
        yield return ("ten thousand outputs", Requests.Of("sum", a, b).WithOutputs([.. Enumerable.Range(0, 10_000).Select(i => $"o{i}")]), Invalid, "outputs.o0: is unknown; the model gives 'sum', 'difference'");
        yield return ("unknown datatype", Requests.Of("sum", Requests.Tensor("a", "FP4", 1, 2), b), Invalid, "inputs.a: has datatype 'FP4', the model takes FP32");
        yield return ("output twice", Requests.Of("sum", a, b).WithOutputs("sum", "sum"), Invalid, "outputs.sum: is requested twice");
        yield return ("NaN where it is forbidden", Requests.Of(Serving.StrictModel, a, Requests.Floats("b", [1, 2], 1, float.NaN)), Invalid, "inputs.b: element 1 is NaN, which this model forbids (modelops.allow_nan=false)");
        yield return ("index out of range", Requests.Of("gather", Requests.Tensor("index", "INT64", 1)).Raw(BitConverter.GetBytes(5L)), Invalid, "the model does not run on these inputs: [ErrorCode:InvalidArgument] Non-zero status code returned while running Gather node. Name:'' Status Message: indices element out of data bounds, idx=5 must be within the inclusive range [-2,1]");
        yield return ("answer too large", Requests.Of("inflate", Requests.Tensor("size", "INT64", 1)).Raw(BitConverter.GetBytes(1L << 20)), StatusCode.ResourceExhausted, "the outputs take 4194304 bytes, at most 1048576 are answered");
        yield return ("runs too long", Requests.Of("rounds", Requests.Tensor("rounds", "INT64", 1)).Raw(BitConverter.GetBytes(long.MaxValue)), StatusCode.DeadlineExceeded, "the model ran longer than 2 s and was stopped");
    }
}
