"""`clearway serve` as its operator sees it: signals, exit codes and the log."""

import http.client
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from cli.ports import free_port
from tests.cli.processes import (
    COMMAND,
    PATIENCE_SECONDS,
    clearway,
    environment,
    open_folder,
    wait_until,
)

QUERY = json.dumps({"query": '{ violationCode(code: "1625") { code } }'})
FOUND = {"data": {"violationCode": {"code": "1625"}}}


@dataclass
class Served:
    """A process that serves, and the connections to it."""

    process: "subprocess.Popen[bytes]"
    port: int
    log: Path
    connections: list[http.client.HTTPConnection] = field(default_factory=list)

    def connect(self) -> http.client.HTTPConnection:
        one = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        self.connections.append(one)
        return one

    def get(self, path: str) -> tuple[int, Any]:
        connection = self.connect()
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, json.loads(response.read())

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.said
        try:
            return self.get("/readyz")[0] == 200
        except OSError:
            return False

    def ends(self) -> int:
        return self.process.wait(PATIENCE_SECONDS)

    @property
    def said(self) -> str:
        return self.log.read_text()


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A data folder with a migrated database, which stops with whoever starts it."""
    with open_folder() as one:
        env = {"CLEARWAY_PROFILE": "dev", "CLEARWAY_DATA_DIR": str(one / "data")}
        result = clearway("migrate", env=env)
        assert result.returncode == 0, result.stderr
        yield one


@contextmanager
def serving(folder: Path, *arguments: str, drain_seconds: float = 0.0) -> Iterator[Served]:
    port, log = free_port(), folder / "serve.log"
    env = {
        "CLEARWAY_PROFILE": "dev",
        "CLEARWAY_DATA_DIR": str(folder / "data"),
        "CLEARWAY_PORT": str(port),
        "CLEARWAY_DRAIN_SECONDS": str(drain_seconds),
    }
    with open(log, "wb") as out:
        process = subprocess.Popen(
            [*COMMAND, "serve", *arguments],
            env=environment(env),
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    served = Served(process, port, log)
    try:
        wait_until("it is ready", served.is_ready)
        yield served
    finally:
        for connection in served.connections:
            connection.close()
        process.kill()
        process.communicate()


def post(connection: http.client.HTTPConnection) -> tuple[bool, Any]:
    """Whether the answer is the last one of its connection, and the answer."""
    connection.request("POST", "/graphql", QUERY, {"Content-Type": "application/json"})
    response = connection.getresponse()
    return response.getheader("Connection") == "close", json.loads(response.read())


def assert_ended_in_order(served: Served) -> None:
    assert served.ends() == 0
    for word in ("ERROR", "WARNING", "Traceback"):
        assert word not in served.said


def test_it_drains_and_the_second_signal_hurries(folder: Path) -> None:
    with serving(folder, drain_seconds=60) as served:
        kept = served.connect()
        assert post(kept) == (False, FOUND)

        served.process.terminate()
        wait_until("it drains", lambda: served.get("/readyz") == (503, {"status": "draining"}))

        assert served.get("/livez") == (200, {"status": "ok"})
        assert post(kept) == (True, FOUND)
        assert post(served.connect()) == (True, FOUND)
        served.process.terminate()
        assert_ended_in_order(served)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_in_trials_it_stops_at_once(folder: Path, number: signal.Signals) -> None:
    with serving(folder) as served:
        kept = served.connect()
        assert post(kept) == (False, FOUND)
        served.process.send_signal(number)
        assert_ended_in_order(served)


def test_it_stops_with_its_supervisor(folder: Path) -> None:
    with serving(folder, "--stop-with-parent") as served:
        assert served.process.stdin is not None
        served.process.stdin.close()
        assert_ended_in_order(served)


def test_after_kill_it_serves_again(folder: Path) -> None:
    with serving(folder) as served:
        assert post(served.connect()) == (False, FOUND)
        os.kill(served.process.pid, signal.SIGKILL)
        assert served.ends() == -signal.SIGKILL
    with serving(folder) as served:
        assert post(served.connect()) == (False, FOUND)
        served.process.terminate()
        assert_ended_in_order(served)
