"""A child process of the supervisor: how to start it, tell that it is ready, and end it."""

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

POLL_SECONDS = 0.05
TAIL_LINES = 15


@dataclass(frozen=True, slots=True)
class Role:
    """What a child is for. Its arguments are those of the `clearway` command."""

    name: str
    arguments: tuple[str, ...]
    log: Path
    is_ready: Callable[[], Awaitable[bool]]
    grace_seconds: float = 20.0
    # Who is in a hurry may have a child killed, unless it has somebody else to take care of.
    hurried_grace_seconds: float = 0.0


@dataclass(slots=True)
class Child:
    """One role, and the process that plays it now."""

    role: Role
    environment: Mapping[str, str]
    inherited: tuple[int, ...] = ()
    process: Process | None = None
    started_at: float = 0.0
    _log_start: int = field(default=0)

    async def spawn(self) -> None:
        """Start a process. Its stdin is its lifeline: it closes when we die."""
        log = os.open(self.role.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            self._log_start = os.fstat(log).st_size
            self.started_at = time.monotonic()
            # -P: a folder named cli in the current folder is none of ours. A session of its own:
            # Ctrl-C is for the supervisor, which stops the children in order.
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",
                "-m",
                "cli",
                *self.role.arguments,
                "--stop-with-parent",
                stdin=asyncio.subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=self.environment,
                pass_fds=self.inherited,
                start_new_session=True,
            )
        finally:
            os.close(log)

    @property
    def pid(self) -> int | None:
        """The process, while it lives."""
        alive = self.process is not None and self.process.returncode is None
        return self.process.pid if self.process and alive else None

    async def ended(self) -> str:
        """Wait until it ends, and say how."""
        assert self.process is not None  # noqa: S101 - only called after spawn
        code = await self.process.wait()
        return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended ({code})"

    async def becomes_ready(self, within: float) -> bool:
        """Whether it is ready before it dies and before the time is over."""
        deadline = time.monotonic() + within
        while self.pid is not None and time.monotonic() < deadline:
            if await self.role.is_ready():
                return True
            await asyncio.sleep(POLL_SECONDS)
        return False

    async def stop(self, hurry: asyncio.Event) -> None:
        """End it in order; with force when its grace, or our patience, is over."""
        if self.process is None or self.pid is None:
            return
        self.process.terminate()
        ending = asyncio.ensure_future(self.process.wait())
        hurrying = asyncio.ensure_future(hurry.wait())
        await asyncio.wait(
            {ending, hurrying},
            timeout=self.role.grace_seconds,
            return_when=asyncio.FIRST_COMPLETED,
        )
        hurrying.cancel()
        if not ending.done() and hurry.is_set():
            await asyncio.wait({ending}, timeout=self.role.hurried_grace_seconds)
        if not ending.done():
            self.process.kill()
        await ending

    def log_tail(self) -> list[str]:
        """The last lines this process wrote."""
        with open(self.role.log, "rb") as file:
            file.seek(self._log_start)
            return file.read().decode(errors="replace").splitlines()[-TAIL_LINES:]
