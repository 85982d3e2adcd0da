"""Bringing a server up and taking it down, whatever state the last one left."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .database import answers
from .files import open_safely
from .places import Place
from .postmaster import forget_dead_postmaster, live_postmaster, serves
from .problems import PostgresProblem
from .programs import TAIL_CHARACTERS, bare_environment, credentials

LOG_LIMIT_BYTES = 20_000_000
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.02, 0.2
# Failures that pass: what a killed server left holds its memory or its files for a little while.
PASSING = ("shared memory block", "already exists", "Is another postmaster")
ATTEMPTS = 3
LAST_GRACE_SECONDS = 10.0


@dataclass(slots=True)
class Server:
    """One cluster's server, run as a child of this process or found running."""

    place: Place
    data: Path
    bindir: Path
    socket_folder: Path
    child: subprocess.Popen[bytes] | None = None
    _log_start: int = 0

    def bring_up(self, deadline: float) -> None:
        """
        Start the server unless it answers already. The caller holds the lock.

        :raises PostgresProblem: if it does not answer at the deadline, or has no chance to
        """
        pause, failures = FIRST_PAUSE_SECONDS, 0
        while not answers(self.socket_folder):
            if time.monotonic() > deadline:
                raise self._not_up()
            if self.child is None or self.child.poll() is not None:
                failures += self.child is not None and not self._failed_in_passing()
                if failures >= ATTEMPTS:
                    raise self._not_up()
                self._spawn()
            time.sleep(pause)
            pause = min(LONGEST_PAUSE_SECONDS, pause * 1.5)

    @property
    def is_child(self) -> bool:
        return self.child is not None and self.child.poll() is None

    def _spawn(self) -> None:
        forget_dead_postmaster(self.data, self.socket_folder)
        log = _open_log(self.place.log)
        try:
            self._log_start = os.fstat(log).st_size
            # A direct child, so that we reap it: a zombie would look alive to the next start. In
            # a session of its own, so that Ctrl-C reaches us first. No pipes: nobody reads them.
            self.child = subprocess.Popen(  # noqa: S603
                [self.bindir / "postgres", "-D", self.data, "-k", self.socket_folder],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=bare_environment(),
                cwd="/",
                start_new_session=True,
                **credentials(self.place.account),
            )
        finally:
            os.close(log)

    def _failed_in_passing(self) -> bool:
        with open(self.place.log, "rb") as log:
            log.seek(self._log_start)
            said = log.read().decode(errors="replace")
        return any(words in said for words in PASSING)

    def _not_up(self) -> PostgresProblem:
        if self.is_child:
            message = (
                "PostgreSQL is still getting ready (after a crash it replays its journal): "
                f"wait a little and start again, or read {self.place.log}."
            )
        else:
            message = f"PostgreSQL does not start: read {self.place.log}, mend it and start again."
        return PostgresProblem(message, log_tail(self.place.log))


def take_down(
    data: Path,
    socket_folder: Path | None,
    deadline: float,
    child: subprocess.Popen[bytes] | None,
) -> None:
    """
    Stop whatever server runs a cluster, ours or another process's; none is fine.

    :raises PostgresProblem: if it survives even an immediate stop, which loses nothing committed
    """
    # A fast stop during recovery from a crash hangs for ever (seen with 15.18 and 18.6), and an
    # immediate one costs nothing then: the next start recovers either way.
    serving = socket_folder is not None and answers(socket_folder)
    if not (
        (serving and _stops(data, signal.SIGINT, deadline, child))
        or _stops(data, signal.SIGQUIT, time.monotonic() + LAST_GRACE_SECONDS, child)
    ):
        raise PostgresProblem(
            f"PostgreSQL (process {live_postmaster(data)}) does not stop: "
            "see what it waits for, then end it with kill -9; nothing committed gets lost."
        )
    if child is not None:
        child.wait(LAST_GRACE_SECONDS)


def log_tail(log: Path) -> str:
    """Return the last lines of the server's log, or nothing if there is none to read."""
    try:
        text = log.read_bytes()[-TAIL_CHARACTERS:].decode(errors="replace")
    except OSError:
        return ""
    return text.strip()


def _stops(
    data: Path, how: signal.Signals, deadline: float, child: subprocess.Popen[bytes] | None
) -> bool:
    pid = live_postmaster(data)
    if pid is None:
        return True
    with suppress(ProcessLookupError):
        os.kill(pid, how)
    while serves(pid, data):  # the pid file goes a little earlier than the process
        if child is not None:
            child.poll()
        if time.monotonic() > deadline:
            return False
        time.sleep(FIRST_PAUSE_SECONDS)
    return True


def _open_log(log: Path) -> int:
    if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
        log.replace(log.with_suffix(".log.1"))
    return open_safely(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
