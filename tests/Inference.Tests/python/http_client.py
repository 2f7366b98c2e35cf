"""What Triton's HTTP client sends and reads, by http.client. Arguments: address, key. Says what does not hold and ends with 1."""
import gzip
import http.client
import json
import struct
import sys
import zlib

HEADER = "Inference-Header-Content-Length"
CODINGS = {"gzip": (gzip.compress, gzip.decompress), "deflate": (zlib.compress, zlib.decompress)}


class Client:
    def __init__(self, address, key):
        self._connection = http.client.HTTPConnection(address, timeout=20)
        self._headers = {"Authorization": f"Bearer {key}"}

    def call(self, method, path, body=None, headers=None):
        """Status, headers and body; of headers only those given, so no Content-Type."""
        self._connection.request(method, path, body=body, headers={**self._headers, **(headers or {})})
        answer = self._connection.getresponse()
        return answer.status, answer.headers, answer.read()

    def get(self, path):
        status, headers, body = self.call("GET", path)
        assert status == 200 and headers["Content-Type"].startswith("application/json"), (path, status, body)
        return json.loads(body)

    def infer(self, model, request, raw=b"", coding=None, answer_coding=None):
        head = json.dumps(request).encode()
        headers = {HEADER: str(len(head))} if raw else {}
        body = head + raw
        if coding:
            body, headers["Content-Encoding"] = CODINGS[coding][0](body), coding
        if answer_coding:
            headers["Accept-Encoding"] = answer_coding
        status, answered, body = self.call("POST", f"/v2/models/{model}/infer", body, headers)
        if answered["Content-Encoding"]:
            assert answered["Content-Encoding"] == answer_coding, answered.items()
            body = CODINGS[answer_coding][1](body)
        size = answered[HEADER]
        return status, json.loads(body[:int(size)] if size else body), body[int(size):] if size else None


def pack(*values):
    return struct.pack(f"<{len(values)}f", *values)


def tensor(values, rows=1):
    """An input x [N,3] whose elements lie behind the JSON."""
    raw = pack(*values)
    return {"name": "x", "shape": [rows, 3], "datatype": "FP32", "parameters": {"binary_data_size": len(raw)}}, raw


def check_binary(client):
    x, raw = tensor([1, 2, 3])
    for coding in (None, "gzip", "deflate"):
        status, answer, rest = client.infer("identity_float", {"id": "7", "inputs": [x], "parameters": {"binary_data_output": True}}, raw, coding, coding)
        assert status == 200 and rest == raw, (coding, answer, rest)
        assert (answer["id"], answer["model_name"], answer["model_version"]) == ("7", "identity_float", "1"), answer
        assert answer["outputs"] == [{"name": "y", "datatype": "FP32", "shape": [1, 3], "parameters": {"binary_data_size": 12}}], answer
    status, answer, rest = client.infer("identity_float", {"inputs": [x]}, raw)
    assert rest is None and answer["outputs"][0]["data"] == [1, 2, 3], answer
    a, raw_a = {"name": "a", "shape": [1, 2], "datatype": "FP32", "data": [10, 20]}, b""
    b, raw_b = {"name": "b", "shape": [1, 2], "datatype": "FP32", "parameters": {"binary_data_size": 8}}, pack(1, 2)
    outputs = [{"name": "difference", "parameters": {"binary_data": True}}, {"name": "sum", "parameters": {"binary_data": False}}]
    status, answer, rest = client.infer("sum", {"inputs": [b, a], "outputs": outputs}, raw_a + raw_b)
    assert status == 200 and rest == pack(9, 18), (answer, rest)
    assert "data" not in answer["outputs"][0] and answer["outputs"][1]["data"] == [11, 22], answer


def check_texts(client):
    texts = [b"a", b"he\0llo", b"\xff"]
    raw = b"".join(struct.pack("<I", len(text)) + text for text in texts)
    x = {"name": "x", "shape": [1, 3], "datatype": "BYTES", "parameters": {"binary_data_size": len(raw)}}
    status, answer, rest = client.infer("identity_string", {"inputs": [x], "parameters": {"binary_data_output": True}}, raw)
    assert status == 200 and rest == raw, (answer, rest)


def check_raw_body(client):
    status, headers, body = client.call("POST", "/v2/models/identity_float/infer", pack(4, 5, 6), {HEADER: "0"})
    size = int(headers[HEADER])
    assert status == 200 and body[size:] == pack(4, 5, 6) and json.loads(body[:size])["outputs"][0]["shape"] == [1, 3], body
    status, _, body = client.call("POST", "/v2/models/identity_float/infer", pack(4, 5), {HEADER: "0"})
    assert status == 400 and "8 bytes" in json.loads(body)["error"], body
    status, _, body = client.call("POST", "/v2/models/sum/infer", pack(4, 5), {HEADER: "0"})
    assert status == 400 and "one input" in json.loads(body)["error"], body


def check_classes(client):
    x, raw = tensor([1, 3, 2, 9, 8, 7], rows=2)
    output = {"name": "y", "parameters": {"classification": 2, "binary_data": False}}
    status, answer, _ = client.infer("identity_float", {"inputs": [x], "outputs": [output]}, raw)
    classes = answer["outputs"][0]
    assert (classes["datatype"], classes["shape"]) == ("BYTES", [2, 2]), classes
    assert [text.split(":")[:2] for text in classes["data"]] == [["3.000000", "1"], ["2.000000", "2"], ["9.000000", "0"], ["8.000000", "1"]], classes


def check_refusals(client):
    x, raw = tensor([1, 2, 3])
    plain = {"name": "x", "shape": [1, 3], "datatype": "FP32", "data": [1, 2, 3]}
    for request, behind, said in (
        ({"inputs": [x]}, raw[:8], "binary_data_size"),
        ({"inputs": [x]}, raw + b"1234", "4 bytes after the JSON"),
        ({"inputs": [{**x, "data": [1, 2, 3]}]}, raw, "must be absent"),
        ({"inputs": [{**x, "parameters": {"binary_data_size": "12"}}]}, raw, "binary_data_size"),
        ({"inputs": [{**x, "parameters": {"shared_memory_region": "r"}}]}, b"", "shared memory"),
        ({"inputs": [plain], "parameters": {"binary_data_output": 1}}, b"", "must be a boolean"),
        ({"inputs": [plain], "parameters": {"priority": -1}}, b"", "must be an integer"),
        ({"inputs": [plain], "parameters": {"timeout": "1"}}, b"", "must be an integer"),
        ({"inputs": [plain], "parameters": {"triton_x": 1}}, b"", "reserved"),
        ({"inputs": [plain], "parameters": []}, b"", "must be an object"),
        ({"inputs": [plain], "outputs": [{"name": "y", "parameters": {"classification": "2"}}]}, b"", "must be an integer"),
    ):
        status, answer, _ = client.infer("identity_float", request, behind)
        assert status == 400 and said in answer["error"], (request, answer)
    for headers, body, said in (
        ({HEADER: "x"}, b"{}", HEADER), ({HEADER: "99"}, b"{}", HEADER), ({"Content-Encoding": "br"}, b"{}", "gzip or deflate"),
        ({"Content-Encoding": "gzip"}, b"{}", "not valid gzip"), ({"Content-Encoding": "gzip"}, gzip.compress(b"{}" * 99)[:-9], "body"),
    ):
        status, _, body = client.call("POST", "/v2/models/identity_float/infer", body, headers)
        assert status == 400 and said in json.loads(body)["error"], (headers, body)
    status, _, body = client.call("POST", "/v2/models/identity_float/infer", gzip.compress(b" " * (65 << 20)), {"Content-Encoding": "gzip"})
    assert status == 413, (status, body)
    for method, path, expected in (("GET", "/v2/nothing", 404), ("GET", "/v2/models/sum/infer", 405), ("POST", "/v2/health/live", 405), ("GET", "/v2/repository/index", 405)):
        status, _, body = client.call(method, path)
        assert status == expected and path in json.loads(body)["error"], (path, status, body)


def check_models(client):
    assert "sum" in client.get("/v2/models")["models"]
    config = client.get("/v2/models/sum/config")
    assert (config["name"], config["backend"], config["input"][0]["data_type"]) == ("sum", "onnxruntime", "TYPE_FP32"), config
    assert isinstance(config["max_batch_size"], int) and all(isinstance(length, int) for length in config["input"][0]["dims"]), config
    assert config["version_policy"] == {"specific": {"versions": [1]}}, config
    for path in ("/v2/models/sum/stats", "/v2/models/sum/versions/1/stats"):
        statistics = client.get(path)["model_stats"][0]
        assert (statistics["name"], statistics["version"]) == ("sum", "1"), statistics
        for phase in ("success", "fail", "queue", "compute_input", "compute_infer", "compute_output", "cache_hit", "cache_miss"):
            assert all(isinstance(statistics["inference_stats"][phase][number], int) for number in ("count", "ns")), statistics
    assert {"sum", "identity_float"} <= {one["name"] for one in client.get("/v2/models/stats")["model_stats"]}


def check_repository(client):
    def post(path, body=None):
        status, _, body = client.call("POST", f"/v2/repository/{path}", body and json.dumps(body).encode())
        return status, body and json.loads(body)

    status, index = post("index")
    assert status == 200 and {"name": "sum", "version": "1", "state": "READY", "reason": ""} in index, index
    assert all(model["state"] == "READY" for model in post("index", {"ready": True})[1])
    assert post("other/index")[0] == 400
    assert post("models/log64/unload", {"parameters": {"unload_dependents": False}})[0] == 200
    assert client.call("GET", "/v2/models/log64/ready")[0] == 503
    assert post("models/log64/load", {})[0] == 200
    assert client.call("GET", "/v2/models/log64/ready")[0] == 200
    for model, body in (("wrong_model_name", {}), ("sum", {"parameters": {"config": "{}"}}), ("sum", {"parameters": {"file:1/model.onnx": "AA=="}})):
        status, answer = post(f"models/{model}/load", body)
        assert status == 400 and "failed to load" in answer["error"], answer


client = Client(sys.argv[1], sys.argv[2])
for check in (check_binary, check_texts, check_raw_body, check_classes, check_refusals, check_models, check_repository):
    check(client)
    print(check.__name__, flush=True)
