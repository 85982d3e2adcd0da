"""A server with small limits, an application that tells what reached it, and a client of bytes."""

import asyncio
import signal
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.types import Receive, Scope, Send

from graphql_api.responses import Answer as OurAnswer
from graphql_api.responses import RawHeader
from graphql_api.serving import Limits, Server

PATIENCE_SECONDS = 10.0
SECRET = "渝A12345"
# Less than asyncio's own idea of much, more than the small buffers of both sides hold.
BIG = b"x" * 60_000
SMALL_BUFFER = 4096
# Bodies that the application does something about.
HOLD = b"hold"
BROKEN = b"broken"
LAST = b"last"


@dataclass(slots=True)
class Echo:
    """
    Answers with what it was asked: a body of "hold" only when it may go on.

    `/early` does not read the body, `/late` not before it may go on. What is posted to /graphql it
    can be asked without ASGI: then a few words as the body do what paths do otherwise.
    """

    seen: list[str] = field(default_factory=list)
    direct: list[bytes] = field(default_factory=list)
    finished: list[bytes] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    lifespan: list[str] = field(default_factory=list)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        path = scope["path"]
        self.seen.append(f"{scope['method']} {path}")
        if path == "/late":
            await self.go_on.wait()
        body = await self._body(path, receive)
        if body is None:
            return
        answer = await self._answer(path, body)
        if path == "/half":
            start = {"type": "http.response.start", "status": 200}
            await send(start | {"headers": answer.sent_headers})
            raise ValueError(SECRET)
        await answer(scope, receive, send)

    async def answer_post(self, headers: list[RawHeader], body: bytes) -> OurAnswer:
        """The same for what is posted to /graphql."""
        self.seen.append("POST /graphql")
        self.direct.append(body)
        return await self._answer("/graphql", body)

    async def _answer(self, path: str, body: bytes) -> OurAnswer:
        if body == HOLD:
            await self.go_on.wait()
        if path == "/broken" or body == BROKEN:
            raise ValueError(SECRET)
        self.finished.append(body)
        is_big = path == "/big" or body == b"big"
        said = BIG if is_big else orjson.dumps({"path": path, "body": body.decode()})
        return OurAnswer(200, said, ((b"connection", b"close"),) if body == LAST else ())

    async def _body(self, path: str, receive: Receive) -> bytes | None:
        body = b""
        while path != "/early":
            message = await receive()
            if message["type"] == "http.disconnect":
                self.gone.append(path)
                return None
            body += message["body"]
            if not message["more_body"]:
                break
        return body

    async def _live(self, receive: Receive, send: Send) -> None:
        while "lifespan.shutdown" not in self.lifespan:
            message = await receive()
            self.lifespan.append(message["type"])
            await send({"type": f"{message['type']}.complete"})


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; without the date, which is different each time."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)

    @property
    def is_last(self) -> bool:
        return self.headers.get("connection") == "close"


@dataclass(slots=True)
class Client:
    """One connection; `read` and `is_closed` never wait for ever."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def send(self, *parts: bytes) -> None:
        self.writer.write(b"".join(parts))

    async def read(self) -> Answer:
        async with asyncio.timeout(PATIENCE_SECONDS):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.removesuffix("\r\n\r\n").split("\r\n")
            headers = dict(line.split(": ", 1) for line in lines)
            headers.pop("date", None)
            body = await self.reader.readexactly(int(headers.pop("content-length", 0)))
        return Answer(int(first.split(" ")[1]), headers, body)

    async def ask(self, *parts: bytes) -> Answer:
        self.send(*parts)
        return await self.read()

    def reset(self) -> None:
        """Leave at once, and tell the other side so."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def is_closed(self) -> bool:
        """Wait for the server's end of the connection; nothing more may come before it."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            try:
                return await self.reader.read(1) == b""
            except ConnectionError:
                return True


@dataclass(slots=True)
class Running:
    """A server that runs in this loop."""

    server: Server
    app: Echo
    port: int
    task: asyncio.Task[None]
    told: list[str]
    clients: list[Client] = field(default_factory=list)

    async def connect(self, *, small: bool = False) -> Client:
        """Connect; `small` leaves what is not read with the server."""
        sock = socket.socket()
        if small:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        sock.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", self.port))
        except ConnectionError:
            sock.close()
            raise
        client = Client(*await asyncio.open_connection(sock=sock))
        self.clients.append(client)
        return client

    async def ask(self, *parts: bytes) -> Answer:
        """Ask on a connection of its own."""
        return await (await self.connect()).ask(*parts)

    def stop(self) -> None:
        """Send what the server would see as SIGTERM."""
        self.server.handle_exit(signal.SIGTERM, None)

    async def ends(self) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.task

    @property
    def connections(self) -> int:
        return len(self.server.server_state.connections)


async def until(holds: Callable[[], object]) -> None:
    """Wait until it holds; fail if it never does."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not holds():  # noqa: ASYNC110 - what it waits for tells nobody
            await asyncio.sleep(0.01)


@asynccontextmanager
async def serving(
    limits: Limits, *, drain_seconds: float = 0.0, lane: bool = True
) -> AsyncIterator[Running]:
    """A server of the echo; without a `lane` it answers everything through ASGI."""
    echo, told = Echo(), list[str]()
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL_BUFFER)
        sock.bind(("127.0.0.1", 0))
        sock.listen()
        server = Server(
            echo,
            drain_seconds=drain_seconds,
            on_drain=lambda: told.append("drain"),
            limits=limits,
            answer_post=echo.answer_post if lane else None,
        )
        task = asyncio.create_task(server.serve(sockets=[sock]))
        running = Running(server, echo, sock.getsockname()[1], task, told)
        await until(lambda: server.started)
        try:
            yield running
        finally:
            await _end(running)


async def _end(running: Running) -> None:
    running.app.go_on.set()
    for client in running.clients:
        client.writer.close()
        with suppress(ConnectionError):
            await client.writer.wait_closed()
    running.stop()
    await running.ends()


def post(path: str, body: bytes = b"", *headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: x", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def get(path: str, *headers: str) -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: x", *headers, "", ""]).encode()


def echoed(path: str, body: str = "") -> dict[str, str]:
    return {"path": path, "body": body}


def refused(message: str) -> dict[str, Any]:
    return {"errors": [{"message": message, "extensions": {"code": "BAD_REQUEST"}}]}
