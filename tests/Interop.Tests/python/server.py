import asyncio
from collections import Counter, defaultdict

import grpc
import grpc.aio

from wire import LARGEST_MESSAGE, SERVICE

CODES = {code.value[0]: code for code in grpc.StatusCode}


class Service:
    def __init__(self, echo):
        self.echo = echo
        self.abandoned = Counter()
        self.gates = defaultdict(lambda: [0, asyncio.Event()])

    async def unary(self, ping, context):
        await self.begin(ping, context)
        if ping.wait:
            await self.never(ping)
        if ping.gate:
            gate = self.gates[ping.text]
            gate[0] += 1
            if gate[0] == ping.gate:
                gate[1].set()
            await gate[1].wait()
        await self.fail_if_told(ping, context)
        return self.pong(ping, context)

    async def server_stream(self, ping, context):
        await self.begin(ping, context)
        if ping.wait:
            yield self.pong(ping, context)
            await self.never(ping)
        for index in range(ping.count):
            yield self.pong(ping, context, index)
        await self.fail_if_told(ping, context)

    async def client_stream(self, pings, context):
        texts, data = [], b""
        async for ping in pings:
            if not texts:
                await self.begin(ping, context)
            texts.append(ping.text)
            data += ping.data
            if ping.wait:
                await self.never(ping)
            await self.fail_if_told(ping, context)
        return self.pong(self.echo.Ping(text=",".join(texts), data=data), context, len(texts))

    async def duplex(self, pings, context):
        index = 0
        async for ping in pings:
            if index == 0:
                await self.begin(ping, context)
            await self.fail_if_told(ping, context)
            yield self.pong(ping, context, index)
            index += 1
            if ping.wait:
                await self.never(ping)

    async def count_abandoned(self, ping, context):
        return self.echo.Pong(index=self.abandoned[ping.text])

    async def begin(self, ping, context):
        if ping.compress:
            context.set_compression(grpc.Compression.Gzip)
            if not ping.echo_metadata:
                # Without headers sent by hand, this version of grpcio forgets the compression of unary answers.
                await context.send_initial_metadata(())
        if ping.echo_metadata:
            own = [(key, value) for key, value in context.invocation_metadata() if key.startswith("x-")]
            await context.send_initial_metadata(own)
            context.set_trailing_metadata([("t-" + key[2:], value) for key, value in own])

    async def fail_if_told(self, ping, context):
        if ping.status_code:
            await context.abort(CODES[ping.status_code], ping.status_message, context.trailing_metadata())

    async def never(self, ping):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.abandoned[ping.text] += 1
            raise

    def pong(self, ping, context, index=0):
        remaining = context.time_remaining()
        left = -1 if remaining is None else round(remaining * 1000)
        return self.echo.Pong(text=ping.text, data=ping.data, index=index, remaining_ms=left, peer=context.peer())


async def serve(echo):
    """Starts the service on a free port and returns the port."""
    service = Service(echo)
    codec = {"request_deserializer": echo.Ping.FromString, "response_serializer": echo.Pong.SerializeToString}
    handlers = {
        "Unary": grpc.unary_unary_rpc_method_handler(service.unary, **codec),
        "ServerStream": grpc.unary_stream_rpc_method_handler(service.server_stream, **codec),
        "ClientStream": grpc.stream_unary_rpc_method_handler(service.client_stream, **codec),
        "Duplex": grpc.stream_stream_rpc_method_handler(service.duplex, **codec),
        "Abandoned": grpc.unary_unary_rpc_method_handler(service.count_abandoned, **codec),
    }
    server = grpc.aio.server(options=[("grpc.max_receive_message_length", LARGEST_MESSAGE), ("grpc.max_send_message_length", -1)])
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    # Collected by the garbage collector, a server stops.
    service.server = server
    return port
