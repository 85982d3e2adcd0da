"""Running the real command: once, or as a stack that a test may kill."""

import http.client
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.ports import free_port

COMMAND = [sys.executable, "-P", "-m", "cli"]
PATIENCE_SECONDS = 60.0


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Ours without any setting of whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CLEARWAY_")}
    return {**kept, "COLUMNS": "100", **(extra or {})}


def clearway(
    *arguments: str, env: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run one command to its end."""
    return subprocess.run(
        [*COMMAND, *arguments],
        env=environment(env),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that the account of root's PostgreSQL can enter, as pytest's own is not."""
    folder = Path(tempfile.mkdtemp(prefix="cw-test-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wait_until(what: str, holds: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    """A zombie that nobody has reaped yet is dead."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except ProcessLookupError:
        return False
    except FileNotFoundError:
        return not Path("/proc/self").exists()


@dataclass
class Stack:
    """`clearway dev` in a folder, with what it has said."""

    folder: Path
    api_port: int
    sandbox_port: int
    process: "subprocess.Popen[str] | None" = None

    @classmethod
    def of(cls, folder: Path) -> "Stack":
        return cls(folder, free_port(), free_port())

    def start(self) -> None:
        with open(self.folder / "out", "w") as out, open(self.folder / "err", "a") as err:
            self.process = subprocess.Popen(
                [
                    *COMMAND,
                    "dev",
                    f"--port={self.api_port}",
                    f"--sandbox-port={self.sandbox_port}",
                    f"--data-dir={self.folder / 'data'}",
                    "--citizens=50",
                ],
                stdout=out,
                stderr=err,
                env=environment(),
                start_new_session=True,
                text=True,
            )
        wait_until("the banner is complete", lambda: "Ctrl-C" in self.banner or self._died())
        assert not self._died(), self.said

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def wait(self) -> int:
        assert self.process is not None
        return self.process.wait(PATIENCE_SECONDS)

    def clean_up(self) -> None:
        """Leave nothing behind, whatever a test did."""
        pids = [pid for pid in (*self.pids().values(), self.postgres()) if pid]
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        for pid in pids:
            if is_alive(pid):
                os.kill(pid, signal.SIGKILL)

    @property
    def banner(self) -> str:
        return (self.folder / "out").read_text()

    @property
    def said(self) -> str:
        return (self.folder / "err").read_text()

    def pids(self) -> dict[str, int]:
        try:
            found: dict[str, int] = json.loads((self.folder / "data" / "dev.json").read_text())[
                "pids"
            ]
        except FileNotFoundError:
            return {}
        return found

    def postgres(self) -> int | None:
        """The server that lives; its file may also name a dead one, or be half written."""
        for file in (self.folder / "data" / "postgres").glob("pg*/postmaster.pid"):
            first = file.read_text().partition("\n")[0]
            if first.isdecimal() and is_alive(int(first)):
                return int(first)
        return None

    def is_ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.api_port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def status_with(self, token: str) -> int:
        """What a token gets for the smallest question."""
        connection = http.client.HTTPConnection("127.0.0.1", self.api_port, timeout=20)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        try:
            connection.request("POST", "/graphql", b'{"query": "{ __typename }"}', headers)
            return connection.getresponse().status
        finally:
            connection.close()

    def paste(self, title: str) -> dict[str, Any]:
        """Run the curl command that the banner prints under a title, split as a shell would."""
        words = shlex.split(self._line_under(title))
        headers = dict(
            words[place + 1].split(": ", 1) for place, word in enumerate(words) if word == "-H"
        )
        body = words[words.index("--data") + 1].encode()
        match = re.fullmatch(r"http://([^/]+)(/.*)", words[2])
        assert words[:2] == ["curl", "-sS"]
        assert match
        connection = http.client.HTTPConnection(match[1], timeout=20)
        connection.request("POST", match[2], body, headers)
        answer: dict[str, Any] = json.loads(connection.getresponse().read())
        connection.close()
        return answer

    def token(self, title: str = "Token of citizen 0") -> str:
        return self._line_under(title)

    def _line_under(self, title: str) -> str:
        lines = self.banner.splitlines()
        place = next(place for place, line in enumerate(lines) if line.startswith(title))
        return lines[place + 1]

    def _died(self) -> bool:
        return self.process is not None and self.process.poll() is not None
