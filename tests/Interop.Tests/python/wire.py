from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

LARGEST_MESSAGE = 24 * 1024 * 1024
SERVICE = "modelops.interop.v1.Echo"


class Echo:
    """The messages of echo.proto, built from its descriptor at run time."""

    def __init__(self, path):
        with open(path, "rb") as file:
            proto = descriptor_pb2.FileDescriptorProto.FromString(file.read())
        pool = descriptor_pool.DescriptorPool()
        pool.Add(proto)
        factory = message_factory.MessageFactory(pool)
        self.Ping = factory.GetPrototype(pool.FindMessageTypeByName("modelops.interop.v1.Ping"))
        self.Pong = factory.GetPrototype(pool.FindMessageTypeByName("modelops.interop.v1.Pong"))
