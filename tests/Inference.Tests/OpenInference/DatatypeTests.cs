using System.Text.Json;
using Google.Protobuf;
using ModelOps.Contracts.OpenInference;
using ModelOps.Inference.Tests.Support;

namespace ModelOps.Inference.Tests.OpenInference;

/// <summary>Every datatype that ONNX and the protocol share goes in and comes out unchanged, in every form it may have.</summary>
[Collection(Serving.Name)]
public sealed class DatatypeTests(Serving serving)
{
    private static readonly (string Model, string Datatype, byte[] Raw, InferTensorContents? Typed, string Json)[] All =
    [
        ("bool", "BOOL", [1, 0, 1], new() { BoolContents = { true, false, true } }, "[true,false,true]"),
        ("uint8", "UINT8", [0, 7, 255], new() { UintContents = { 0, 7, 255 } }, "[0,7,255]"),
        ("uint16", "UINT16", Raw<ushort>(0, 7, 65535), new() { UintContents = { 0, 7, 65535 } }, "[0,7,65535]"),
        ("uint32", "UINT32", Raw<uint>(0, 7, uint.MaxValue), new() { UintContents = { 0, 7, uint.MaxValue } }, "[0,7,4294967295]"),
        ("uint64", "UINT64", Raw<ulong>(0, 7, ulong.MaxValue), new() { Uint64Contents = { 0, 7, ulong.MaxValue } }, "[0,7,18446744073709551615]"),
        ("int8", "INT8", Raw<sbyte>(-128, 0, 127), new() { IntContents = { -128, 0, 127 } }, "[-128,0,127]"),
        ("int16", "INT16", Raw<short>(-32768, 0, 32767), new() { IntContents = { -32768, 0, 32767 } }, "[-32768,0,32767]"),
        ("int32", "INT32", Raw(int.MinValue, 0, int.MaxValue), new() { IntContents = { int.MinValue, 0, int.MaxValue } }, "[-2147483648,0,2147483647]"),
        ("int64", "INT64", Raw(long.MinValue, 9007199254740993, long.MaxValue), new() { Int64Contents = { long.MinValue, 9007199254740993, long.MaxValue } }, "[-9223372036854775808,9007199254740993,9223372036854775807]"),
        ("float16", "FP16", Raw((Half)(-1.5), (Half)0, Half.PositiveInfinity), null, """[-1.5,0,"Infinity"]"""),
        ("bfloat16", "BF16", [0xC0, 0xBF, 0, 0, 0x80, 0x7F], null, """[-1.5,0,"Infinity"]"""),
        ("float", "FP32", Raw(-1.5f, 0.1f, float.NaN), new() { Fp32Contents = { -1.5f, 0.1f, float.NaN } }, """[-1.5,0.1,"NaN"]"""),
        ("double", "FP64", Raw(-1.5, 0.1, double.NegativeInfinity), new() { Fp64Contents = { -1.5, 0.1, double.NegativeInfinity } }, """[-1.5,0.1,"-Infinity"]"""),
        ("string", "BYTES", Requests.Texts("", "a\0b", "ü€"), new() { BytesContents = { ByteString.Empty, ByteString.CopyFromUtf8("a\0b"), ByteString.CopyFromUtf8("ü€") } }, """["","a\u0000b","ü€"]"""),
    ];

    public static TheoryData<string> Models => [.. All.Select(one => one.Model)];

    public static TheoryData<string> TypedModels => [.. All.Where(one => one.Typed is not null).Select(one => one.Model)];

    [Theory, MemberData(nameof(Models))]
    public async Task Raw_elements_come_back_as_they_went(string model)
    {
        var (_, datatype, raw, _, _) = All.Single(one => one.Model == model);

        var answer = await serving.App.InferAsync(Requests.Of($"identity_{model}", Requests.Tensor("x", datatype, 1, 3)).Raw(raw));

        Assert.Equal((datatype, [1, 3]), (answer.Outputs[0].Datatype, answer.Outputs[0].Shape));
        Assert.Equal(raw, answer.RawOutputContents[0].ToByteArray());
        Assert.Null(answer.Outputs[0].Contents);
    }

    [Theory, MemberData(nameof(TypedModels))]
    public async Task Typed_elements_are_answered_raw(string model)
    {
        var (_, datatype, raw, typed, _) = All.Single(one => one.Model == model);
        var input = Requests.Tensor("x", datatype, 1, 3);
        input.Contents = typed;

        var answer = await serving.App.InferAsync(Requests.Of($"identity_{model}", input));

        Assert.Equal(raw, answer.RawOutputContents[0].ToByteArray());
    }

    [Theory, MemberData(nameof(Models))]
    public async Task Json_elements_come_back_exactly(string model)
    {
        var (_, datatype, _, _, elements) = All.Single(one => one.Model == model);
        var body = $$"""{"inputs":[{"name":"x","shape":[1,3],"datatype":"{{datatype}}","data":[{{elements}}]}]}""";

        using var answer = await serving.App.Http.PostAsync($"/v2/models/identity_{model}/infer", Requests.Json(body));
        using var json = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync());

        Assert.True(answer.IsSuccessStatusCode, json.RootElement.GetRawText());
        using var expected = JsonDocument.Parse(elements);
        Assert.True(JsonElement.DeepEquals(expected.RootElement, json.RootElement.GetProperty("outputs")[0].GetProperty("data")), json.RootElement.GetRawText());
    }

    [Theory]
    [InlineData("log", "FP32")]
    [InlineData("log64", "FP64")]
    public async Task Outputs_that_are_not_finite_leave_the_json_valid(string model, string datatype)
    {
        var body = $$"""{"inputs":[{"name":"x","shape":[1,3],"datatype":"{{datatype}}","data":[-1,0,1]}]}""";

        using var answer = await serving.App.Http.PostAsync($"/v2/models/{model}/infer", Requests.Json(body));
        using var json = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync());

        Assert.Equal("""["NaN","-Infinity",0]""", json.RootElement.GetProperty("outputs")[0].GetProperty("data").GetRawText());
    }

    [Fact]
    public async Task A_batch_without_rows_has_an_answer_without_rows()
    {
        var answer = await serving.App.InferAsync(Requests.Of("identity_float", Requests.Tensor("x", "FP32", 0, 3)).Raw([[]]));

        Assert.Equal([0, 3], answer.Outputs[0].Shape);
        Assert.Empty(answer.RawOutputContents[0].ToByteArray());
    }

    private static byte[] Raw<T>(params T[] values)
        where T : unmanaged => System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
}
