import logging
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from graphql_api.tokens.jose_backend import Algorithm
from graphql_api.tokens.key_file import SUFFIX, read_key
from graphql_api.tokens.key_set import KeySet
from graphql_api.tokens.signing_key import SigningKey, signing_at

LOOK_SECONDS = 1.0
# What makes a key: RSA signs our access tokens, P-256 receipts.
ROTATE: dict[Algorithm, str] = {
    "RS256": "clearway keys rotate",
    "ES256": "clearway keys rotate --receipts",
}

log = logging.getLogger(__name__)

# Inode, size, times of content and of mode: one of them differs whenever a file does.
_Stamp = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it was when it was read last, and the last good key it held."""

    # None: it could not be read at all, and will be tried again.
    stamp: _Stamp | None = None
    key: SigningKey | None = None


@dataclass(frozen=True, slots=True)
class _Contents:
    files: Mapping[str, _File]
    oldest_first: tuple[SigningKey, ...]
    verifying: KeySet

    @classmethod
    def of(cls, files: Mapping[str, _File]) -> Self:
        keys = [file.key for file in files.values() if file.key is not None]
        keys.sort(key=lambda key: key.signs_from)
        return cls(files, tuple(keys), {key.kid: key.verifying for key in keys})


class KeyRing:
    """
    The keys of our own issuer: a folder that all processes read, and that changes under them.

    It is looked at when somebody asks, once a second at most. What cannot be read there stays what
    it was, so that no slip empties the ring; a key whose file is gone, beside others, is gone.
    """

    def __init__(
        self,
        folder: Path,
        algorithm: Algorithm = "RS256",
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        Read every key; all are of one algorithm.

        Blocks, as does every later look that finds a new one: 30 ms each.

        :raises ValueError: if there is none, or one that cannot be used
        """
        self._folder = folder
        self._algorithm = algorithm
        self._monotonic = monotonic
        self._looked_at = monotonic()
        self._contents, self._told = _look(folder, algorithm, _Contents.of({}))
        if self._told:
            raise ValueError(self._told[0])

    def oldest_first(self) -> tuple[SigningKey, ...]:
        """All of them, also those whose instant is still to come."""
        return self._current().oldest_first

    def signing(self, now: datetime) -> SigningKey:
        """The one that signs now."""
        return signing_at(now, self.oldest_first())

    def verifying(self) -> KeySet:
        """The public half of all of them."""
        return self._current().verifying

    def _current(self) -> _Contents:
        now = self._monotonic()
        if now - self._looked_at >= LOOK_SECONDS:
            self._looked_at = now
            # One assignment: whoever reads meanwhile, on another thread too, has a whole set.
            self._contents, troubles = _look(self._folder, self._algorithm, self._contents)
            self._tell(troubles)
        return self._contents

    def _tell(self, troubles: list[str]) -> None:
        for trouble in troubles:
            if trouble not in self._told:
                log.warning("The last good signing keys stay in use: %s", trouble)
        self._told = troubles


def _look(folder: Path, algorithm: Algorithm, before: _Contents) -> tuple[_Contents, list[str]]:
    """Read what has changed; tell what is in use now, and what is wrong with the folder."""
    files: dict[str, _File] = {}
    troubles: list[str] = []
    try:
        stamps = stamps_in(folder)
    except OSError as error:
        return before, [_unreadable(folder, error)]
    for name, stamp in stamps.items():
        last = before.files.get(name, _File())
        try:
            unchanged = last.stamp == stamp
            files[name] = last if unchanged else _File(stamp, read_key(folder / name, algorithm))
        except FileNotFoundError:
            continue
        except OSError as error:
            files[name] = _File(None, last.key)
            troubles.append(_unreadable(folder / name, error))
        except ValueError as error:
            files[name] = _File(stamp, last.key)
            troubles.append(str(error))
    contents = _Contents.of(files)
    if contents.oldest_first:
        return contents, troubles
    return before, [*troubles, f"{folder} holds no signing key: run {ROTATE[algorithm]}"]


def stamps_in(folder: Path) -> dict[str, _Stamp]:
    """
    List the key files of a folder, none if it does not exist, with what tells a changed one.

    :raises OSError: if the folder cannot be read
    """
    stamps: dict[str, _Stamp] = {}
    # What is not there, or no longer, is no trouble.
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            # Drafts, and the innards of a mounted secret, begin with a dot.
            if entry.name.endswith(SUFFIX) and not entry.name.startswith("."):
                with suppress(FileNotFoundError):
                    about = entry.stat()
                    times = about.st_mtime_ns, about.st_ctime_ns
                    stamps[entry.name] = (about.st_ino, about.st_size, *times)
    return stamps


def _unreadable(path: Path, error: OSError) -> str:
    return f"{path} cannot be read ({type(error).__name__}): let this process read it"
