"""PostgreSQL without any setup: one object, start and stop."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from .account import is_root, name_of
from .binaries import find_binaries, major_version
from .cluster import ensure_cluster
from .database import answers, dsn, ensure_database, url
from .files import only_one
from .places import Place, choose_place, clusters, find_place, made_by_somebody_else
from .postmaster import live_postmaster
from .problems import PostgresProblem
from .reachable_binaries import reachable_binaries
from .server import Server, log_tail, take_down
from .sockets import ensure_socket_folder, find_socket_folder
from .system_folder import DEFAULT_SYSTEM_FOLDER, SystemFolder

LOCK = ".lock"


class EmbeddedPostgres:
    """
    The PostgreSQL of one data folder. Any number of processes may start it: one server runs.

    :param root: the data folder; made if missing
    :param bindir: the folder of the programs to use instead of searching for some
    :param run_as: for root only: the account that runs PostgreSQL, else postgres or nobody
    :param system_folder: for root only: where to put what that account cannot reach in root
    """

    def __init__(
        self,
        root: Path,
        bindir: Path | None = None,
        *,
        run_as: str | None = None,
        system_folder: Path = DEFAULT_SYSTEM_FOLDER,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self.root = root.absolute()
        self._bindir = bindir
        self._run_as = run_as
        self._system = SystemFolder(system_folder)
        self._environ = environ
        self._server: Server | None = None

    def start(self, within: float = 60.0) -> Self:
        """
        Return when the database accepts connections, at once if it runs already.

        :param within: seconds; after a crash PostgreSQL first replays its journal
        :raises PostgresProblem: if it cannot; the message says what to do
        """
        deadline = time.monotonic() + within
        with self._explained():
            self._make_root()
            with only_one(self.root / LOCK, deadline):
                server = self._prepare(deadline)
                server.bring_up(deadline)
                ensure_database(server.socket_folder)
        return self

    def stop(self, within: float = 30.0) -> None:
        """
        Stop the server, also one that another process started. Its open transactions roll back.

        :param within: seconds for an orderly stop; then it is cut short, which loses nothing
        :raises PostgresProblem: if it does not stop
        """
        deadline = time.monotonic() + within
        with self._explained():
            if not self.root.is_dir():
                return
            with only_one(self.root / LOCK, deadline):
                place = self._place()
                if place:
                    ours = self._server
                    socket_folder = find_socket_folder(place)
                    for data in clusters(place.base).values():
                        child = ours.child if ours and ours.data == data else None
                        take_down(data, socket_folder, deadline, child)
                self._server = None

    def ready(self) -> bool:
        """Whether the server takes connections now. :raises PostgresProblem: as in start"""
        with self._explained():
            folder = self._socket_folder()
            return folder is not None and answers(folder)

    @property
    def url(self) -> str:
        """The SQLAlchemy URL. :raises PostgresProblem: before the first start"""
        return url(self._known_socket_folder())

    def dsn(self) -> str:
        """Return the libpq connection string. :raises PostgresProblem: before the first start"""
        return dsn(self._known_socket_folder())

    @property
    def started_here(self) -> bool:
        """Whether the server is a child of this process, and not one it found running."""
        return self._server is not None and self._server.is_child

    def pid(self) -> int | None:
        """Return the process of the server, if it lives."""
        place = self._place()
        alive = (live_postmaster(data) for data in clusters(place.base).values()) if place else ()
        return next((pid for pid in alive if pid is not None), None)

    def log_tail(self) -> str:
        """Return the last lines the server wrote, for `doctor`."""
        place = self._place()
        return log_tail(place.log) if place else ""

    def _make_root(self) -> None:
        is_new = not self.root.exists()
        self.root.mkdir(parents=True, exist_ok=True)
        if is_new and is_root():
            self.root.chmod(0o711)  # ours, so the server's account may get through
        self.root = self.root.resolve()

    def _prepare(self, deadline: float) -> Server:
        bindir = find_binaries(self._environ, self._bindir)
        major = major_version(bindir)
        place = self._place() or choose_place(self.root, self._system, self._run_as)
        bindir = reachable_binaries(bindir, place.account, self._system, deadline)
        data = ensure_cluster(place, bindir, major, max(1.0, deadline - time.monotonic()))
        socket_folder = ensure_socket_folder(place, self._system)
        child = self._server.child if self._server and self._server.is_child else None
        self._server = Server(place, data, bindir, socket_folder, child)
        return self._server

    def _place(self) -> Place | None:
        return find_place(self.root, self._system, self._run_as)

    def _socket_folder(self) -> Path | None:
        if self._server:
            return self._server.socket_folder
        place = self._place()
        return find_socket_folder(place) if place else None

    def _known_socket_folder(self) -> Path:
        folder = self._socket_folder()
        if folder is None:
            raise PostgresProblem(f"PostgreSQL in {self.root} was never started: start it first.")
        return folder

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except PermissionError as error:
            raise self._forbidden(error) from error
        except OSError as error:
            raise PostgresProblem(
                f"PostgreSQL cannot be run in {self.root} ({error}): "
                "mend this, or choose another data folder, and start again.",
                log_tail(self._server.place.log) if self._server else "",
            ) from error

    def _forbidden(self, error: PermissionError) -> PostgresProblem:
        owner = self.root / LOCK if os.path.lexists(self.root / LOCK) else self.root
        if not is_root() and os.path.lexists(owner) and owner.lstat().st_uid != os.geteuid():
            return made_by_somebody_else(self.root, name_of(owner.lstat().st_uid))
        return PostgresProblem(
            f"PostgreSQL may not be run in {self.root} ({error}): choose a data folder you may "
            "write to, or, if root may not change accounts here, start as an ordinary user."
        )
