"""Python with grpcio as the other side: `peer.py server FILE` or `peer.py client FILE ADDRESS`.

FILE is the serialized FileDescriptorProto of echo.proto. Lives as long as its standard input is open, so it cannot
outlive the tests.
"""

import asyncio
import json
import os
import sys
import traceback


def say(line):
    print(json.dumps(line), flush=True)


try:
    import grpc  # noqa: F401
    import google.protobuf  # noqa: F401
except ImportError as missing:
    say({"missing": "python3-grpcio and python3-protobuf", "detail": str(missing)})
    sys.exit(2)

import scenarios
import server
import wire


async def lines():
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        yield line.decode().strip()


async def main(role, descriptor, address=None):
    echo = wire.Echo(descriptor)
    if role == "server":
        say({"port": await server.serve(echo)})
        async for _ in lines():
            pass
    else:
        known = scenarios.scenarios(echo, address)
        say({"ready": True})
        async for name in lines():
            try:
                if name not in known:
                    raise KeyError(f"no scenario named {name}")
                await known[name]()
                say({"scenario": name, "ok": True, "detail": ""})
            except Exception:
                say({"scenario": name, "ok": False, "detail": traceback.format_exc()})
    # Calls that still wait for something end with the process.
    os._exit(0)


asyncio.run(main(*sys.argv[1:]))
