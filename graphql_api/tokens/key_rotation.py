"""Keys come and go: publish a new one, wait, sign with it, wait, remove the old one."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from graphql_api.tokens.jose_backend import Algorithm
from graphql_api.tokens.key_cache import KeyPolicy
from graphql_api.tokens.key_file import file_name, write_key
from graphql_api.tokens.key_ring import KeyRing, stamps_in
from graphql_api.tokens.signing_key import SigningKey, signing_at
from graphql_api.tokens.validity import LEEWAY_SECONDS

# Whoever verifies our tokens elsewhere knows a new key after the soft age of its cache.
PUBLISHED_BEFORE_SIGNING = timedelta(seconds=KeyPolicy().soft_ttl) + timedelta(minutes=1)


class KeyState(StrEnum):
    """What a key is there for."""

    COMING = "coming"
    SIGNING = "signing"
    VERIFYING = "verifying only"
    MAY_GO = "may go"


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation did."""

    added: SigningKey
    removed: tuple[SigningKey, ...]


def rotate(folder: Path, now: datetime, *, wait: timedelta, longest_life: timedelta) -> Rotation:
    """
    Add a key that signs after `wait`, the first one at once; remove those nobody needs any more.

    :raises ValueError: if the keys in the folder cannot be used, or one signs from then already
    """
    _make(folder)
    with _alone_in(folder):
        keys = KeyRing(folder).oldest_first() if stamps_in(folder) else ()
        added = write_key(folder, now + wait if keys else now)
        states = states_of(keys, now, longest_life)
        removed = [key for key, state in states if state is KeyState.MAY_GO]
        for key in removed:
            (folder / file_name(key.signs_from)).unlink()
    return Rotation(added, tuple(removed))


def add_key(folder: Path, now: datetime, *, wait: timedelta, algorithm: Algorithm) -> SigningKey:
    """
    Add a key that signs after `wait`, the first one at once; all others stay.

    :raises ValueError: if the keys in the folder cannot be used, or one signs from then already
    """
    _make(folder)
    with _alone_in(folder):
        is_first = not stamps_in(folder)
        if not is_first:
            KeyRing(folder, algorithm)
        return write_key(folder, now if is_first else now + wait, algorithm)


def make_first_key(folder: Path, now: datetime, algorithm: Algorithm = "RS256") -> None:
    """Make a key if there is none; processes that start together make one between them."""
    _make(folder)
    with _alone_in(folder):
        if not stamps_in(folder):
            write_key(folder, now, algorithm)


def states_of(
    keys: Sequence[SigningKey], now: datetime, longest_life: timedelta | None
) -> list[tuple[SigningKey, KeyState]]:
    """
    Say what each of the keys, oldest first, is there for.

    :param longest_life: of a token; the last one of a key is made when its successor takes over.
        None: tokens are good for ever, and so no key may go
    """
    leeway = timedelta(seconds=LEEWAY_SECONDS)
    states = []
    for place, key in enumerate(keys):
        if key == signing_at(now, keys):
            state = KeyState.SIGNING
        elif key.signs_from > now:
            state = KeyState.COMING
        elif longest_life is None:
            state = KeyState.VERIFYING
        elif now - keys[place + 1].signs_from > longest_life + leeway:
            state = KeyState.MAY_GO
        else:
            state = KeyState.VERIFYING
        states.append((key, state))
    return states


def _make(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Keep other processes from adding and removing keys meanwhile. Reading needs no lock."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
