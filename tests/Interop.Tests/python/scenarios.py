import asyncio
import uuid
from types import SimpleNamespace

import grpc
import grpc.aio

from wire import LARGEST_MESSAGE, SERVICE

KINDS = ["Unary", "ServerStream", "ClientStream", "Duplex"]
NAMES = ["café ☕", "a", "b", "ünï", "%25", ""]
Code = grpc.StatusCode


class Client:
    """Makes a call of any kind and returns all there is to know about its end."""

    def __init__(self, echo, address, *options):
        self.Ping = echo.Ping
        limits = [("grpc.max_receive_message_length", LARGEST_MESSAGE), ("grpc.max_send_message_length", -1)]
        # A later option of the same name wins.
        self.channel = grpc.aio.insecure_channel(address, options=list(dict([*limits, *options]).items()))
        codec = {"request_serializer": echo.Ping.SerializeToString, "response_deserializer": echo.Pong.FromString}
        shapes = {"ServerStream": "unary_stream", "ClientStream": "stream_unary", "Duplex": "stream_stream"}
        self.methods = {
            name: getattr(self.channel, shapes.get(name, "unary_unary"))(f"/{SERVICE}/{name}", **codec)
            for name in [*KINDS, "Abandoned", "Missing"]
        }

    async def call(self, kind, pings, *, metadata=(), deadline=None, cancel_after=None, compression=None):
        request = iter(pings) if kind in ("ClientStream", "Duplex") else pings[0]
        running = self.methods[kind](request, metadata=grpc.aio.Metadata(*metadata), timeout=deadline, compression=compression)
        if cancel_after:
            asyncio.get_running_loop().call_later(cancel_after, running.cancel)
        messages = []
        try:
            if kind in ("ServerStream", "Duplex"):
                async for message in running:
                    messages.append(message)
            else:
                messages.append(await running)
        except (grpc.aio.AioRpcError, asyncio.CancelledError):
            pass
        return SimpleNamespace(
            messages=messages,
            code=await running.code(),
            details=await running.details(),
            headers=await running.initial_metadata(),
            trailers=await running.trailing_metadata(),
        )


def equal(actual, expected):
    assert actual == expected, f"{str(actual)[:200]!r} is not {str(expected)[:200]!r}"


async def server_saw(client, text):
    for _ in range(100):
        result = await client.call("Abandoned", [client.Ping(text=text)])
        if result.messages[0].index == 1:
            return
        await asyncio.sleep(0.03)
    raise AssertionError("the server did not see that the call was abandoned")


async def unary_messages(client):
    for text in NAMES:
        result = await client.call("Unary", [client.Ping(text=text, data=text.encode())])
        equal(result.code, Code.OK)
        equal((result.messages[0].text, result.messages[0].data), (text, text.encode()))
        equal(result.messages[0].remaining_ms, -1)


async def server_stream_messages(client):
    for count in (0, 1, 200):
        result = await client.call("ServerStream", [client.Ping(text="s", count=count)])
        equal(result.code, Code.OK)
        equal([message.index for message in result.messages], list(range(count)))


async def client_stream_messages(client):
    for sent in ([], ["one"], NAMES):
        result = await client.call("ClientStream", [client.Ping(text=text, data=text.encode()) for text in sent])
        equal(result.code, Code.OK)
        equal((result.messages[0].index, result.messages[0].text), (len(sent), ",".join(sent)))
        equal(result.messages[0].data, "".join(sent).encode())


async def duplex_messages(client):
    """The next message goes only when the last one was answered, so nothing may be held back."""
    running = client.methods["Duplex"]()
    for index in range(50):
        await running.write(client.Ping(text=str(index)))
        pong = await running.read()
        equal((pong.index, pong.text), (index, str(index)))
    await running.done_writing()
    equal(await running.read(), grpc.aio.EOF)
    equal(await running.code(), Code.OK)


async def statuses(client, kind):
    for code in [one for one in Code if one is not Code.OK]:
        message = f"Grund {code.value[0]}: 100% «ñ»\tübel\n☂"
        result = await client.call(kind, [client.Ping(status_code=code.value[0], status_message=message, count=2, text="x")])
        equal((result.code, result.details), (code, message))


async def metadata(client, kind):
    data = bytes(range(256))
    sent = [("x-plain", "one two"), ("x-many", "first"), ("x-many", "second"), ("x-data-bin", data)]
    for status_code in (0, 9):
        result = await client.call(kind, [client.Ping(echo_metadata=True, count=1, status_code=status_code)], metadata=sent)
        for prefix, got in (("x-", result.headers), ("t-", result.trailers)):
            equal(got.get_all(prefix + "plain"), ["one two"])
            equal([part.strip() for value in got.get_all(prefix + "many") for part in value.split(",")], ["first", "second"])
            equal(got.get_all(prefix + "data-bin"), [data])


async def deadline(client, kind):
    text = str(uuid.uuid4())
    result = await client.call(kind, [client.Ping(text=text, wait=True)], deadline=1.5)
    equal(result.code, Code.DEADLINE_EXCEEDED)
    await server_saw(client, text)


async def cancellation(client, kind):
    text = str(uuid.uuid4())
    result = await client.call(kind, [client.Ping(text=text, wait=True)], cancel_after=1.5)
    equal(result.code, Code.CANCELLED)
    await server_saw(client, text)


async def deadline_is_seen(client):
    result = await client.call("Unary", [client.Ping()], deadline=30)
    assert 20_000 < result.messages[0].remaining_ms <= 31_000, result.messages[0].remaining_ms


async def unknown_method(client):
    equal((await client.call("Missing", [client.Ping()])).code, Code.UNIMPLEMENTED)


async def large(client, kind):
    data = bytes(range(251)) * (20 * 1024 * 1024 // 251)
    result = await client.call(kind, [client.Ping(data=data)])
    equal(result.code, Code.OK)
    assert result.messages[0].data == data


async def too_large_for_the_server(client):
    equal((await client.call("Unary", [client.Ping(data=bytes(LARGEST_MESSAGE + 1))])).code, Code.RESOURCE_EXHAUSTED)


async def too_large_for_the_client(echo, address):
    small = Client(echo, address, ("grpc.max_receive_message_length", 4 * 1024 * 1024))
    equal((await small.call("Unary", [small.Ping(data=bytes(5 * 1024 * 1024))])).code, Code.RESOURCE_EXHAUSTED)
    await small.channel.close()


async def gzip(client):
    data = b"abc" * 300_000
    for kind in KINDS:
        result = await client.call(kind, [client.Ping(data=data, compress=True, count=1)], compression=grpc.Compression.Gzip)
        equal(result.code, Code.OK)
        assert result.messages[0].data == data
        equal(result.messages[0].encoding, "gzip")


async def a_thousand_at_once(client):
    ping = client.Ping(text=str(uuid.uuid4()), gate=1000)
    results = await asyncio.gather(*(client.call("Unary", [ping], deadline=30) for _ in range(1000)))
    equal({result.code for result in results}, {Code.OK})
    equal(len({result.messages[0].peer for result in results}), 1)


def scenarios(echo, address):
    """What the client of Python checks of a server, by name."""
    client = Client(echo, address)
    messages = [unary_messages, server_stream_messages, client_stream_messages, duplex_messages]
    known = {f"messages {kind}": lambda check=check: check(client) for kind, check in zip(KINDS, messages)}
    for check in (statuses, metadata, deadline, cancellation):
        known |= {f"{check.__name__} {kind}": lambda check=check, kind=kind: check(client, kind) for kind in KINDS}
    known |= {f"large {kind}": lambda kind=kind: large(client, kind) for kind in ("Unary", "Duplex")}
    for check in (deadline_is_seen, unknown_method, too_large_for_the_server, gzip, a_thousand_at_once):
        known[check.__name__.replace("_", " ")] = lambda check=check: check(client)
    known["too large for the client"] = lambda: too_large_for_the_client(echo, address)
    return known
