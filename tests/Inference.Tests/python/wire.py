"""The protocol's messages as their numbers are published, independent of this repository's contract: a number that is wrong there shows here."""
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PACKAGE = "inference"
SERVICE = "inference.GRPCInferenceService"

# Message: name=number:type, a star for repeated. A map is what it is on the wire: repeated entries of key and value.
MESSAGES = """
Empty
Live: live=1:bool
Ready: ready=1:bool
Named: name=1:string version=2:string
ServerMetadata: name=1:string version=2:string extensions=3:string*
TensorMetadata: name=1:string datatype=2:string shape=3:int64*
ModelMetadata: name=1:string versions=2:string* platform=3:string inputs=4:TensorMetadata* outputs=5:TensorMetadata*
Parameter: bool_param=1:bool int64_param=2:int64 string_param=3:string double_param=4:double uint64_param=5:uint64
ParameterEntry: key=1:string value=2:Parameter
Contents: bool_contents=1:bool* int_contents=2:int32* int64_contents=3:int64* uint_contents=4:uint32* uint64_contents=5:uint64* fp32_contents=6:float* fp64_contents=7:double* bytes_contents=8:bytes*
Tensor: name=1:string datatype=2:string shape=3:int64* parameters=4:ParameterEntry* contents=5:Contents
RequestedOutput: name=1:string parameters=2:ParameterEntry*
InferRequest: model_name=1:string model_version=2:string id=3:string parameters=4:ParameterEntry* inputs=5:Tensor* outputs=6:RequestedOutput* raw_input_contents=7:bytes*
InferResponse: model_name=1:string model_version=2:string id=3:string parameters=4:ParameterEntry* outputs=5:Tensor* raw_output_contents=6:bytes*
StreamResponse: error_message=1:string infer_response=2:InferResponse
Duration: count=1:uint64 ns=2:uint64
InferStatistics: success=1:Duration fail=2:Duration queue=3:Duration compute_input=4:Duration compute_infer=5:Duration compute_output=6:Duration cache_hit=7:Duration cache_miss=8:Duration
BatchStatistics: batch_size=1:uint64 compute_input=2:Duration compute_infer=3:Duration compute_output=4:Duration
Statistics: name=1:string version=2:string last_inference=3:uint64 inference_count=4:uint64 execution_count=5:uint64 inference_stats=6:InferStatistics batch_stats=7:BatchStatistics*
StatisticsResponse: model_stats=1:Statistics*
ConfigTensor: name=1:string data_type=2:int32
ConfigInput: name=1:string data_type=2:int32 format=3:int32 dims=4:int64*
ConfigOutput: name=1:string data_type=2:int32 dims=3:int64*
InstanceGroup: name=1:string count=2:int32 gpus=3:int32* kind=4:int32
Config: name=1:string platform=2:string max_batch_size=4:int32 input=5:ConfigInput* output=6:ConfigOutput* instance_group=7:InstanceGroup* backend=17:string
ConfigResponse: config=1:Config
IndexRequest: repository_name=1:string ready=2:bool
Index: name=1:string version=2:string state=3:string reason=4:string
IndexResponse: models=1:Index*
RepositoryParameter: bool_param=1:bool int64_param=2:int64 string_param=3:string bytes_param=4:bytes
RepositoryEntry: key=1:string value=2:RepositoryParameter
RepositoryRequest: repository_name=1:string model_name=2:string parameters=3:RepositoryEntry*
"""

TYPES = {
    name: getattr(descriptor_pb2.FieldDescriptorProto, f"TYPE_{name.upper()}")
    for name in ("bool", "string", "bytes", "int32", "int64", "uint32", "uint64", "float", "double")
}


def build():
    """Classes of all messages, by name."""
    file = descriptor_pb2.FileDescriptorProto(name="published.proto", package=PACKAGE, syntax="proto2")
    lines = [line for line in MESSAGES.splitlines() if line]
    for line in lines:
        name, _, fields = line.partition(":")
        message = file.message_type.add(name=name)
        for text in fields.split():
            label, number, kind = text.replace("=", ":").split(":")
            field = message.field.add(name=label, number=int(number))
            field.label = field.LABEL_REPEATED if kind.endswith("*") else field.LABEL_OPTIONAL
            kind = kind.rstrip("*")
            if kind in TYPES:
                field.type = TYPES[kind]
                if field.label == field.LABEL_REPEATED and kind not in ("string", "bytes"):
                    field.options.packed = True
            else:
                field.type = field.TYPE_MESSAGE
                field.type_name = f".{PACKAGE}.{kind}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    return {line.partition(":")[0]: factory.GetPrototype(pool.FindMessageTypeByName(f"{PACKAGE}.{line.partition(':')[0]}")) for line in lines}
