"""Contenders as running processes."""

import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException

import orjson

from benchmarks.speed.answers import Json, Told, told
from benchmarks.speed.children import child
from benchmarks.speed.contenders import Contender
from benchmarks.speed.places import LOGS
from benchmarks.speed.trouble import Trouble

READY_SECONDS = 30.0
ASKING_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Server:
    """A contender that listens."""

    contender: Contender
    pid: int
    port: int

    @property
    def name(self) -> str:
        """The contender's."""
        return self.contender.name

    def ask(self, token: str) -> Json:
        """
        The whole answer to the query as the holder of a token.

        :raises Trouble: if it is none, or has errors
        """
        status, content = self.post(self.contender.body, token)
        if status != 200:
            raise Trouble(f"{self.name} answered {status}: {content[:300]!r}")
        answer = orjson.loads(content)
        if answer.get("errors") or not answer.get("data"):
            raise Trouble(f"{self.name} answered with errors: {content[:300]!r}")
        return answer

    def post(self, body: bytes, token: str | None) -> tuple[int, bytes]:
        """Status and content of the answer to a body, as the holder of a token or as nobody."""
        headers = {"content-type": "application/json", "accept": "application/json"}
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        connection = HTTPConnection("127.0.0.1", self.port, timeout=ASKING_SECONDS)
        try:
            connection.request("POST", "/graphql", body, headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def facts_for(self, tokens: Sequence[str]) -> list[Told]:
        """:raises Trouble: if one of the answers has errors, or is not whole"""
        return [told(self.ask(token)) for token in tokens]


@contextmanager
def running(contenders: Sequence[Contender], core: int, token: str) -> Iterator[list[Server]]:
    """
    All of them on one core, ready to answer; all that came of them is ended afterwards.

    :raises Trouble: if one does not get ready
    """
    with ExitStack() as stack:
        servers = [stack.enter_context(_one(contender, core)) for contender in contenders]
        for server in servers:
            _wait_until_ready(server, token)
        yield servers


@contextmanager
def _one(contender: Contender, core: int) -> Iterator[Server]:
    port = free_port()
    command, variables = contender.words(port), contender.variables(port)
    with child(contender.name, command, core, variables, contender.folder) as pid:
        yield Server(contender, pid, port)


def _wait_until_ready(server: Server, token: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            server.ask(token)
            return
        except (OSError, HTTPException, Trouble) as error:
            if time.monotonic() > deadline:
                log = LOGS / f"{server.name}.log"
                tail = log.read_text(errors="replace")[-1500:]
                raise Trouble(f"{server.name} does not get ready ({error}):\n{tail}") from error
        time.sleep(0.1)


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
