"""
Failed requests while processes are restarted, and after one was killed (reliability target R7).

    .venv/bin/python -m benchmarks.rolling_restart [--drain-seconds 1] [--restarts 3]

Twenty clients keep their connections alive and post without a pause to two processes that share
one listening socket. Each restart starts another process, then stops one with SIGTERM; then each
of the two is killed with SIGKILL and replaced. Nothing is sent again. Ends with 1 if a request
failed during the restarts or after the kills, or if a process logged an error.
"""

import argparse
import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from cli.databases import open_database
from cli.logs import configure_logging
from graphql_api.app import Front, create_app
from graphql_api.serving import Server
from runtime.databases import embedded
from runtime.migrations import migrate
from runtime.settings import Profile, Settings, load_settings
from tests.runtime.postgres_trials import trial_folder

CLIENTS = 20
PROCESSES = 2
LOAD_SECONDS = 1.0
LONGEST_SECONDS = 60.0
READY = "Application startup complete"
BODY = json.dumps({"query": '{ violationCode(code: "1625") { code } }'}).encode()
REQUEST = (
    b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\n\r\n%b" % (len(BODY), BODY)
)
RIGHT = b'{"data":{"violationCode":{"code":"1625"}}}'


@dataclass(slots=True)
class Tally:
    """What the clients saw."""

    answered: int = 0
    failed: int = 0
    connections: int = 0
    longest: float = 0.0


class Clients:
    """Twenty clients, until they are told to stop."""

    def __init__(self, port: int) -> None:
        self.tally = Tally()
        self._port = port
        self._tasks = [asyncio.create_task(self._post()) for _ in range(CLIENTS)]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _post(self) -> None:
        while True:
            try:
                await self._post_on_one_connection()
            except (OSError, EOFError, ValueError):
                self.tally.failed += 1
                await asyncio.sleep(0.05)

    async def _post_on_one_connection(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        self.tally.connections += 1
        try:
            is_last = False
            while not is_last:
                began = time.perf_counter()
                writer.write(REQUEST)
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = int(head.partition(b"content-length: ")[2].split(b"\r\n")[0])
                if await reader.readexactly(length) != RIGHT:
                    raise ValueError("another answer")
                self.tally.answered += 1
                self.tally.longest = max(self.tally.longest, time.perf_counter() - began)
                is_last = b"connection: close" in head
        finally:
            writer.close()


@dataclass(slots=True)
class Servers:
    """Processes that accept from one socket; each writes a log of its own."""

    folder: Path
    sock: socket.socket
    drain_seconds: float
    running: list["subprocess.Popen[bytes]"] = field(default_factory=list)
    logs: list[Path] = field(default_factory=list)

    async def start(self) -> None:
        """Start one more, and wait until it serves."""
        log = self.folder / f"serve-{len(self.logs)}.log"
        self._spawn(log)
        while READY not in log.read_text():  # noqa: ASYNC110
            await asyncio.sleep(0.05)

    def _spawn(self, log: Path) -> None:
        descriptor = self.sock.fileno()
        env = os.environ | {
            "CLEARWAY_PROFILE": Profile.DEV.value,
            "CLEARWAY_DATA_DIR": str(self.folder),
            "CLEARWAY_DRAIN_SECONDS": str(self.drain_seconds),
        }
        command = [sys.executable, "-m", "benchmarks.rolling_restart", f"--socket={descriptor}"]
        with open(log, "wb") as out:
            process = subprocess.Popen(  # noqa: S603 - ourselves
                command, env=env, stdout=out, stderr=out, pass_fds=[descriptor]
            )
        self.logs.append(log)
        self.running.append(process)

    async def stop_oldest(self, number: signal.Signals) -> int:
        """End the process that has run longest; its exit code."""
        process = self.running.pop(0)
        process.send_signal(number)
        return await asyncio.to_thread(process.wait)

    def errors(self) -> list[str]:
        lines = (line for log in self.logs for line in log.read_text().splitlines())
        return [line for line in lines if " ERROR " in line or "Traceback" in line]


def serve(descriptor: int) -> None:
    """What `clearway serve` does, on a socket that we were given."""
    settings = load_settings()
    configure_logging(settings.log_level)
    with open_database(settings) as url, socket.socket(fileno=descriptor) as sock:
        app = create_app(settings, url)
        front = Front(app)
        server = Server(
            front,
            drain_seconds=settings.drain_time,
            on_drain=lambda: app.state.readyz.drain(),
            answer_post=front.answer_post,
        )
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, server.handle_exit)
        server.run(sockets=[sock])


@asynccontextmanager
async def under_load(servers: Servers) -> AsyncIterator[Tally]:
    """Clients that post while the block runs, and a while before and after."""
    clients = Clients(servers.sock.getsockname()[1])
    await asyncio.sleep(LOAD_SECONDS)
    yield clients.tally
    await asyncio.sleep(LOAD_SECONDS)
    await clients.stop()


async def run(folder: Path, restarts: int, drain_seconds: float) -> bool:
    """Print what happened; whether it is as it should be."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen(1024)
        servers = Servers(folder, sock, drain_seconds)
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                return await _measure(servers, restarts)
        except TimeoutError:
            say(f"This machine is too busy: not done in {LONGEST_SECONDS:g} s.")
            return False
        finally:
            for process in servers.running:
                process.kill()
                process.wait()


async def _measure(servers: Servers, restarts: int) -> bool:
    for _ in range(PROCESSES):
        await servers.start()
    codes = []
    async with under_load(servers) as restarted:
        for _ in range(restarts):
            await servers.start()
            codes.append(await servers.stop_oldest(signal.SIGTERM))
    say(f"{restarts} restarts, draining {servers.drain_seconds:g} s: {restarted}")
    async with under_load(servers) as killed:
        for _ in range(PROCESSES):
            await servers.stop_oldest(signal.SIGKILL)
            await servers.start()
    say(f"each process killed under load: {killed}")
    async with under_load(servers) as after:
        pass
    errors = servers.errors()
    say(f"afterwards: {after}; exit codes {codes}; error lines {len(errors)}")
    for line in errors[:10]:
        say(line)
    return not (restarted.failed or after.failed or any(codes) or errors) and after.answered > 0


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


def main() -> int:
    parser = argparse.ArgumentParser(description="Requests that fail during rolling restarts.")
    parser.add_argument("--drain-seconds", type=float, default=1.0)
    parser.add_argument("--restarts", type=int, default=3)
    parser.add_argument("--socket", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.socket is not None:
        with suppress(KeyboardInterrupt):
            serve(options.socket)
        return 0
    with trial_folder() as folder:
        postgres = embedded(Settings(profile=Profile.DEV, data_dir=folder)).start()
        try:
            migrate(postgres.url)
            return 0 if asyncio.run(run(folder, options.restarts, options.drain_seconds)) else 1
        finally:
            postgres.stop()


if __name__ == "__main__":
    sys.exit(main())
