"""The data folder of `clearway dev`: who owns it, where its logs are, what runs from it."""

import fcntl
import json
import os
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from cli.options import DEFAULT_CITIZENS, DEFAULT_SEED
from cli.problems import Problem

LOG_LIMIT_BYTES = 10_000_000
# The children of a killed supervisor notice at once, but finish what they have begun.
ENDING_SECONDS = 30.0
POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class DevState:
    """What `clearway dev` tells other commands. It holds no secret."""

    api_url: str = ""
    sandbox_url: str = ""
    seed: int = DEFAULT_SEED
    citizens: int = DEFAULT_CITIZENS
    # Of processes that run; empty once the stack has stopped in order.
    pids: dict[str, int] = field(default_factory=dict)


class DevFolder:
    """A data folder that is ours alone for as long as we live."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.children_lock = -1
        self._lock = -1

    def claim(self) -> None:
        """
        Take the folder. The kernel gives it back when we die, however that happens.

        Children inherit the second lock, so that the next supervisor can wait for those that a
        killed one left behind.

        :raises Problem: if another supervisor owns it, or its children do not end
        """
        # PostgreSQL, which root runs as somebody else, must get through to its own folder.
        self.path.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        self._lock = _open(self.path / "dev.lock")
        if not _taken(self._lock):
            owner = os.pread(self._lock, 20, 0).decode(errors="replace") or "unknown"
            raise Problem(
                f"Another clearway dev (process {owner}) uses {self.path}: use that one, stop it "
                "with Ctrl-C, or choose another folder with --data-dir."
            )
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, str(os.getpid()).encode(), 0)
        self.children_lock = _open(self.path / "children.lock")
        deadline = time.monotonic() + ENDING_SECONDS
        while not _taken(self.children_lock):
            if time.monotonic() > deadline:
                raise Problem(
                    "Processes of an earlier clearway dev do not end: see which with "
                    f"fuser {self.path / 'children.lock'}, end them and start again."
                )
            time.sleep(POLL_SECONDS)

    def log(self, name: str) -> Path:
        """The log of a child; a large one is put aside first."""
        folder = self.path / "logs"
        folder.mkdir(mode=0o700, exist_ok=True)
        path = folder / f"{name}.log"
        if path.exists() and path.stat().st_size > LOG_LIMIT_BYTES:
            path.replace(path.with_suffix(".log.1"))
        return path

    def write(self, state: DevState) -> None:
        """Replace dev.json in one step, readable by its owner only."""
        descriptor, draft = tempfile.mkstemp(prefix=".dev.json-", dir=self.path)
        with open(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(state), file, indent=2)
        Path(draft).replace(self.path / "dev.json")


def read_state(data_dir: Path) -> DevState | None:
    """What the last `clearway dev` of a folder wrote, or None."""
    try:
        return DevState(**json.loads((data_dir / "dev.json").read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise Problem(
            f"{data_dir / 'dev.json'} cannot be read: remove it and start clearway dev again."
        ) from error


def last_city(data_dir: Path) -> DevState:
    """The seed and size of the folder's city, or the usual ones."""
    return read_state(data_dir) or DevState()


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
