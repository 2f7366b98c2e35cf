"""What Triton's gRPC client sends and reads, by grpcio. Arguments: address, key. Says what does not hold and ends with 1."""
import struct
import sys

import grpc

import wire

M = wire.build()
LARGEST = 2**31 - 1
METHODS = {
    "ServerLive": ("Empty", "Live"),
    "ServerMetadata": ("Empty", "ServerMetadata"),
    "ModelReady": ("Named", "Ready"),
    "ModelMetadata": ("Named", "ModelMetadata"),
    "ModelInfer": ("InferRequest", "InferResponse"),
    "ModelConfig": ("Named", "ConfigResponse"),
    "ModelStatistics": ("Named", "StatisticsResponse"),
    "RepositoryIndex": ("IndexRequest", "IndexResponse"),
    "RepositoryModelLoad": ("RepositoryRequest", "Empty"),
    "RepositoryModelUnload": ("RepositoryRequest", "Empty"),
    "CudaSharedMemoryStatus": ("Named", "Empty"),
}


class Client:
    def __init__(self, address, key):
        options = [("grpc.max_send_message_length", LARGEST), ("grpc.max_receive_message_length", LARGEST)]
        self._channel = grpc.insecure_channel(address, options=options)
        self._headers = [("authorization", f"Bearer {key}")]

    def call(self, method, compression=None, **fields):
        request, response = METHODS[method]
        call = self._channel.unary_unary(
            f"/{wire.SERVICE}/{method}", request_serializer=M[request].SerializeToString, response_deserializer=M[response].FromString)
        return call(M[request](**fields), metadata=self._headers, compression=compression, timeout=20)

    def refused(self, method, **fields):
        try:
            self.call(method, **fields)
        except grpc.RpcError as error:
            return error.code(), error.details()
        raise AssertionError(f"{method} was not refused")

    def stream(self, requests):
        call = self._channel.stream_stream(
            f"/{wire.SERVICE}/ModelStreamInfer", request_serializer=M["InferRequest"].SerializeToString, response_deserializer=M["StreamResponse"].FromString)
        return list(call(iter(requests), metadata=self._headers, timeout=20))


def floats(raw):
    return list(struct.unpack(f"<{len(raw) // 4}f", raw))


def parameter(key, **value):
    return M["ParameterEntry"](key=key, value=M["Parameter"](**value))


def request(model, values, rows=1, raw=True, **more):
    """A request for a model with one FP32 input x [N,3]."""
    tensor = M["Tensor"](name="x", datatype="FP32", shape=[rows, 3])
    made = M["InferRequest"](model_name=model, inputs=[tensor], **more)
    if raw:
        made.raw_input_contents.append(struct.pack(f"<{len(values)}f", *values))
    else:
        made.inputs[0].contents.fp32_contents.extend(values)
    return made


def fields_of(message):
    return {field.name: value for field, value in message.ListFields()}


def check_questions(client):
    assert client.call("ServerLive").live
    server = client.call("ServerMetadata")
    assert server.name == "modelops", server
    for extension in ("binary_tensor_data", "classification", "model_configuration", "model_repository", "parameters", "statistics"):
        assert extension in server.extensions, server
    assert client.call("ModelReady", name="identity_float").ready
    metadata = client.call("ModelMetadata", name="identity_float")
    assert (metadata.name, list(metadata.versions), metadata.platform) == ("identity_float", ["1"], "onnxruntime_onnx"), metadata
    assert (metadata.inputs[0].name, metadata.inputs[0].datatype, list(metadata.inputs[0].shape)) == ("x", "FP32", [-1, 3]), metadata
    code, text = client.refused("ModelMetadata", name="wrong_model_name")
    assert code == grpc.StatusCode.NOT_FOUND and "Request for unknown model" in text, text
    code, _ = client.refused("CudaSharedMemoryStatus")
    assert code == grpc.StatusCode.UNIMPLEMENTED, code


def check_infer(client):
    padding = [parameter("custom", string_param="x" * 1000)]  # what compression does not make smaller, grpcio sends as it is
    for raw in (True, False):
        for compression in (None, grpc.Compression.Gzip, grpc.Compression.Deflate):
            fields = fields_of(request("identity_float", [1, 2, 3], id="7", raw=raw, parameters=padding))
            answer = client.call("ModelInfer", compression=compression, **fields)
            assert (answer.id, answer.model_name, answer.model_version) == ("7", "identity_float", "1"), answer
            assert floats(answer.raw_output_contents[0]) == [1, 2, 3] and list(answer.outputs[0].shape) == [1, 3], answer
            assert not answer.outputs[0].HasField("contents"), answer
    texts = [b"a", b"he\0llo", b""]
    tensor = M["Tensor"](name="x", datatype="BYTES", shape=[1, 3])
    raw = b"".join(struct.pack("<I", len(text)) + text for text in texts)
    answer = client.call("ModelInfer", model_name="identity_string", inputs=[tensor], raw_input_contents=[raw])
    assert answer.raw_output_contents[0] == raw, answer


def check_parameters(client):
    plain = fields_of(request("identity_float", [1, 2, 3]))
    taken = [parameter("priority", uint64_param=1), parameter("timeout", int64_param=5_000_000), parameter("custom", string_param="x")]
    client.call("ModelInfer", **plain, parameters=taken)
    for bad in (parameter("priority", string_param="high"), parameter("timeout", bool_param=True), parameter("triton_x", bool_param=True)):
        code, text = client.refused("ModelInfer", **plain, parameters=[bad])
        assert code == grpc.StatusCode.INVALID_ARGUMENT and bad.key in text, text
    shared = M["RequestedOutput"](name="y", parameters=[parameter("shared_memory_region", string_param="r")])
    code, text = client.refused("ModelInfer", **plain, outputs=[shared])
    assert code == grpc.StatusCode.INVALID_ARGUMENT and "shared memory" in text, text


def check_classes(client):
    wanted = M["RequestedOutput"](name="y", parameters=[parameter("classification", int64_param=2)])
    answer = client.call("ModelInfer", outputs=[wanted], **fields_of(request("identity_float", [1, 3, 2, 9, 8, 7], rows=2)))
    assert (answer.outputs[0].datatype, list(answer.outputs[0].shape)) == ("BYTES", [2, 2]), answer
    texts, rest = [], answer.raw_output_contents[0]
    while rest:
        size = struct.unpack_from("<I", rest)[0]
        texts.append(rest[4:4 + size].decode().split(":")[:2])
        rest = rest[4 + size:]
    assert texts == [["3.000000", "1"], ["2.000000", "2"], ["9.000000", "0"], ["8.000000", "1"]], texts


def check_models(client):
    config = client.call("ModelConfig", name="sum").config
    assert (config.name, config.platform, config.backend) == ("sum", "onnxruntime_onnx", "onnxruntime"), config
    assert [tensor.name for tensor in config.input] == ["a", "b"] and [tensor.name for tensor in config.output] == ["sum", "difference"], config
    assert list(config.input[0].dims) == ([2] if config.max_batch_size > 0 else [-1, 2]) and config.input[0].data_type == 11, config
    assert config.instance_group[0].count > 0, config
    statistics = client.call("ModelStatistics", name="sum", version="1").model_stats
    assert [(one.name, one.version) for one in statistics] == [("sum", "1")] and statistics[0].HasField("inference_stats"), statistics
    before = client.call("ModelStatistics", name="identity_float").model_stats[0]
    client.call("ModelInfer", **fields_of(request("identity_float", [1, 2, 3, 4, 5, 6], rows=2)))
    after = client.call("ModelStatistics", name="identity_float").model_stats[0]
    assert (after.inference_count - before.inference_count, after.execution_count - before.execution_count) == (2, 1), (before, after)
    assert after.inference_stats.success.count - before.inference_stats.success.count == 1 and after.last_inference > 0, after
    assert after.inference_stats.compute_infer.ns > before.inference_stats.compute_infer.ns, after
    assert 2 in [batch.batch_size for batch in after.batch_stats], after
    everything = {one.name for one in client.call("ModelStatistics").model_stats}
    assert {"sum", "identity_float"} <= everything and "zipmap" not in everything, everything
    code, text = client.refused("ModelStatistics", name="nobody")
    assert code == grpc.StatusCode.NOT_FOUND and "Request for unknown model" in text, text


def check_repository(client):
    index = {model.name: model for model in client.call("RepositoryIndex").models}
    assert (index["sum"].version, index["sum"].state, index["sum"].reason) == ("1", "READY", ""), index["sum"]
    assert index["zipmap"].state == "UNAVAILABLE" and "tensor" in index["zipmap"].reason, index["zipmap"]
    assert "zipmap" not in [model.name for model in client.call("RepositoryIndex", ready=True).models]
    client.call("RepositoryModelUnload", model_name="log64")
    assert not client.call("ModelReady", name="log64").ready
    unloaded = [model for model in client.call("RepositoryIndex").models if model.name == "log64"]
    assert [(model.state, model.reason) for model in unloaded] == [("UNAVAILABLE", "unloaded")], unloaded
    client.call("RepositoryModelLoad", model_name="log64")
    assert client.call("ModelReady", name="log64").ready
    client.call("RepositoryModelLoad", repository_name="log64")  # as KServe's contract has it
    for refused in (
        {"model_name": "wrong_model_name"},
        {"model_name": "zipmap"},
        {"model_name": "sum", "parameters": [M["RepositoryEntry"](key="config", value=M["RepositoryParameter"](string_param="{}"))]},
    ):
        code, text = client.refused("RepositoryModelLoad", **refused)
        assert code == grpc.StatusCode.INVALID_ARGUMENT and "failed to load" in text, text


def check_stream(client):
    final = parameter("triton_enable_empty_final_response", bool_param=True)
    requests = [request("identity_float", [i, i, i], id=str(i)) for i in range(50)]
    requests[20] = request("nobody", [1, 2, 3], id="20")
    requests[30] = request("identity_float", [1, 2], id="30")
    requests[40].parameters.append(final)
    answers = client.stream(requests)
    assert [answer.infer_response.id for answer in answers] == [str(i) for i in range(50)]
    for i, answer in enumerate(answers):
        if i in (20, 30):
            assert answer.error_message and not answer.infer_response.raw_output_contents, answer
        else:
            assert not answer.error_message and floats(answer.infer_response.raw_output_contents[0]) == [i, i, i], answer
    assert [entry.key for entry in answers[40].infer_response.parameters if entry.value.bool_param] == ["triton_final_response"], answers[40]
    assert not answers[41].infer_response.parameters, answers[41]


client = Client(sys.argv[1], sys.argv[2])
for check in (check_questions, check_infer, check_parameters, check_classes, check_models, check_repository, check_stream):
    check(client)
    print(check.__name__, flush=True)
