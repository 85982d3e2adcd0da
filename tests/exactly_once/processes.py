"""Real processes of the service that die where they are told to, and what they all share."""

import http.client
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from cli.ports import free_port
from runtime.crashing import STATUS
from runtime.migrations import migrate
from runtime.postgres import EmbeddedPostgres
from runtime.settings import PREFIX
from sandbox.police import DEFAULT_SERIAL
from services.crash_points import CrashPoint
from tests.cli.processes import COMMAND, PATIENCE_SECONDS, environment, wait_until
from tests.exactly_once.evidence import plain
from tests.runtime.postgres_trials import trial_folder
from tests.stack import NEW_SERVICE, Credentials, Json, Platforms

CITIZENS = 60


@dataclass(slots=True)
class Processes:
    """`serve`, `worker` and `sandbox` of one installation, at most one of each."""

    folder: Path
    database_url: str
    api_port: int = field(default_factory=free_port)
    sandbox_port: int = field(default_factory=free_port)
    settings: dict[str, Json] = field(default_factory=dict)
    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    @property
    def api_url(self) -> str:
        """Where the API listens."""
        return f"http://127.0.0.1:{self.api_port}"

    @property
    def sandbox_url(self) -> str:
        """Where everything upstream listens."""
        return f"http://127.0.0.1:{self.sandbox_port}"

    def start_sandbox(self) -> None:
        """Start the register and both channels."""
        keys = f"--keys={self.folder / 'platforms'}"
        self._start("sandbox", f"--port={self.sandbox_port}", f"--citizens={CITIZENS}", keys)
        self._wait_for("sandbox", self.sandbox_port, "/control/scenarios")

    def serve(self, crash_at: CrashPoint | None = None) -> None:
        """Have an API that dies at a point, or a healthy one; the one before is killed."""
        self._start("serve", crash_at=crash_at)
        self._wait_for("serve", self.api_port, "/readyz")

    def work(self, crash_at: CrashPoint | None = None) -> None:
        """Have a worker that dies at a point, or a healthy one; the one before is killed."""
        self._start("worker", crash_at=crash_at)

    def kill(self, name: str) -> None:
        """Kill -9."""
        process = self.running.pop(name, None)
        if process is not None:
            process.send_signal(signal.SIGKILL)
            process.wait(PATIENCE_SECONDS)

    def stop(self, name: str) -> int:
        """Ask one to end, as a service manager would; its exit status."""
        process = self.running.pop(name)
        process.terminate()
        return process.wait(PATIENCE_SECONDS)

    def died(self, name: str) -> bool:
        """Wait until one has died; whether it was at its crash point."""
        return self.running.pop(name).wait(PATIENCE_SECONDS) == STATUS

    def run(self, statement: str, number: str) -> None:
        """Change the row of a payment behind everybody's back."""
        with psycopg.connect(plain(self.database_url)) as connection:
            connection.execute(statement, {"number": number})

    def rows(self, query: str) -> list[tuple[Json, ...]]:
        """What is in the database."""
        with psycopg.connect(plain(self.database_url)) as connection:
            return connection.execute(query).fetchall()

    def _start(self, name: str, *arguments: str, crash_at: CrashPoint | None = None) -> None:
        self.kill(name)
        settings = dict(self.settings)
        if crash_at is not None:
            settings["crash_at"] = crash_at
        given = {f"{PREFIX}{key.upper()}": str(value) for key, value in settings.items()}
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [*COMMAND, name, *arguments],
                env=environment(given if name != "sandbox" else {}),
                stdout=log,
                stderr=log,
            )

    def _wait_for(self, name: str, port: int, path: str) -> None:
        process, log = self.running[name], self.folder / f"{name}.log"

        def answers() -> bool:
            assert process.poll() is None, log.read_text()[-3000:]
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            try:
                connection.request("GET", path)
                return connection.getresponse().status == 200
            except OSError:
                return False
            finally:
                connection.close()

        wait_until(f"{name} answers", answers)


@contextmanager
def installation() -> Iterator[Processes]:
    """A data folder with PostgreSQL of its own, and the sandbox; nothing else runs yet."""
    with trial_folder() as folder:
        Credentials.load_or_create(folder / "platforms")
        postgres = EmbeddedPostgres(folder / "postgres").start()
        migrate(postgres.url)
        processes = Processes(folder, postgres.url)
        try:
            processes.start_sandbox()
            yield processes
        finally:
            for name in list(processes.running):
                processes.kill(name)
            postgres.stop()


def settings_of(processes: Processes, platforms: Platforms) -> dict[str, Json]:
    """What the processes are told."""
    return platforms.settings(processes.folder) | {
        "profile": "dev",
        "data_dir": processes.folder,
        "port": processes.api_port,
        "public_url": processes.api_url,
        "webhooks_url": f"{processes.api_url}/webhooks",
        "police_url": processes.sandbox_url + NEW_SERVICE,
        "police_serial": DEFAULT_SERIAL,
    }
