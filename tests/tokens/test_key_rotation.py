"""Rotation of our own keys: what it does to the folder, and that no request notices."""

import json
import threading
from base64 import urlsafe_b64decode
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from domain.principals import Citizen
from graphql_api.tokens import KeyPolicy, KeyRing, OwnIssuer, TokenVerifier
from graphql_api.tokens.key_rotation import (
    PUBLISHED_BEFORE_SIGNING,
    KeyState,
    Rotation,
    rotate,
    states_of,
)
from graphql_api.tokens.validity import LEEWAY_SECONDS
from tests.tokens.kit import NOW, Clock, World, refused
from tests.tokens.signing_keys import kid, put, put_bytes

LIFE = timedelta(minutes=15)
WAIT = timedelta(minutes=11)
ONE_SECOND = timedelta(seconds=1)


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def turn(folder: Path, now: datetime) -> Rotation:
    return rotate(folder, now, wait=WAIT, longest_life=LIFE)


def test_the_first_key_signs_at_once(tmp_path: Path) -> None:
    done = turn(tmp_path / "new" / "signing", NOW)

    assert (done.added.signs_from, done.removed) == (NOW, ())
    assert names(tmp_path / "new" / "signing") == ["20261105T080000Z.pem"]
    assert KeyRing(tmp_path / "new" / "signing").oldest_first() == (done.added,)


def test_the_next_one_is_published_first(tmp_path: Path) -> None:
    first = turn(tmp_path, NOW).added
    done = turn(tmp_path, NOW + timedelta(days=1, milliseconds=700))

    assert done.added.signs_from == NOW + timedelta(days=1, minutes=11)
    assert done.removed == ()
    assert names(tmp_path) == ["20261105T080000Z.pem", "20261106T081100Z.pem"]
    ring = KeyRing(tmp_path)
    assert ring.oldest_first() == (first, done.added)
    assert ring.signing(done.added.signs_from - ONE_SECOND) == first
    assert ring.signing(done.added.signs_from) == done.added


def test_other_verifiers_know_a_key_before_it_signs() -> None:
    cached = timedelta(seconds=KeyPolicy().soft_ttl)

    assert PUBLISHED_BEFORE_SIGNING - cached >= timedelta(minutes=1)


def test_a_key_goes_when_its_last_token_has_expired(tmp_path: Path) -> None:
    first = turn(tmp_path, NOW).added
    second = turn(tmp_path, NOW + timedelta(days=1)).added
    needed = second.signs_from + LIFE + timedelta(seconds=LEEWAY_SECONDS)

    assert turn(tmp_path, needed).removed == ()
    assert turn(tmp_path, needed + ONE_SECOND).removed == (first,)
    assert first.kid not in KeyRing(tmp_path).verifying()
    assert len(names(tmp_path)) == 3


def test_every_state(tmp_path: Path) -> None:
    instants = {
        "gone": "20260101T000000Z",
        "old": "20261001T000000Z",
        "signing": "20261105T075000Z",
        "next": "20261105T081100Z",
        "later": "20261105T081200Z",
    }
    for name, instant in instants.items():
        put(tmp_path, instant, name)

    states = states_of(KeyRing(tmp_path).oldest_first(), NOW, LIFE)

    assert [(key.kid, state) for key, state in states] == [
        (kid("gone"), KeyState.MAY_GO),
        (kid("old"), KeyState.VERIFYING),
        (kid("signing"), KeyState.SIGNING),
        (kid("next"), KeyState.COMING),
        (kid("later"), KeyState.COMING),
    ]


def test_two_keys_cannot_sign_from_the_same_second(tmp_path: Path) -> None:
    turn(tmp_path, NOW)
    turn(tmp_path, NOW)
    before = names(tmp_path)

    with pytest.raises(ValueError, match="there already"):
        turn(tmp_path, NOW)
    assert names(tmp_path) == before


def test_nothing_is_touched_beside_a_damaged_key(tmp_path: Path) -> None:
    put(tmp_path, "20260101T000000Z", "old")
    put(tmp_path, "20260102T000000Z", "new")
    put_bytes(tmp_path, "20260103T000000Z", b"-----BEGIN PRIVATE KEY-----")
    before = names(tmp_path)

    with pytest.raises(ValueError, match="damaged"):
        turn(tmp_path, NOW)
    assert names(tmp_path) == before


ISSUER, AUDIENCE = "urn:clearway", "clearway"
TOKEN_LIFE = timedelta(seconds=10)


@dataclass
class Process:
    """What one process of the API has: a ring of its own on the folder all of them share."""

    folder: Path
    clock: Clock

    def __post_init__(self) -> None:
        ring = KeyRing(self.folder, monotonic=self.clock.monotonic)
        self.issuer = OwnIssuer(ring, clock=self.clock.now)

    def published(self) -> set[str]:
        return {key["kid"] for key in self.issuer.jwks()["keys"]}


@dataclass
class Client:
    """Signs in at one process and shows its tokens, old and new ones, to the other."""

    signer: Process
    judge: Process
    clock: Clock
    rounds: int = 0
    kids: set[str] = field(default_factory=set)
    tokens: deque[tuple[datetime, str]] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.world = World(self.clock)
        trusted = self.judge.issuer.trusted_for(ISSUER, AUDIENCE, "citizen")
        self.world.verifier = TokenVerifier([trusted], clock=self.clock.now)

    def act(self) -> None:
        claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "u-1"}
        # Tokens have whole seconds, and so has this clock; it moves once in a round at most.
        good_until = self.clock.now() + TOKEN_LIFE + timedelta(seconds=LEEWAY_SECONDS)
        token = self.signer.issuer.sign(claims, TOKEN_LIFE)
        key = kid_of(token)
        assert key in self.signer.published() & self.judge.published()
        self.kids.add(key)
        self.tokens.append((good_until, token))
        while self.tokens[0][0] - self.clock.now() <= 2 * ONE_SECOND:
            self.tokens.popleft()
        for _, shown in (self.tokens[0], self.tokens[-1]):
            assert self.world.bearer(shown) == Citizen(ISSUER, "u-1")


def kid_of(token: str) -> str:
    head = token.split(".")[0]
    name: str = json.loads(urlsafe_b64decode(head + "=="))["kid"]
    return name


@contextmanager
def under_load(clients: list[Client]) -> Iterator["Load"]:
    load = Load(clients)
    threads = [threading.Thread(target=load.run, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        load.over.set()
        for thread in threads:
            thread.join()


@dataclass
class Load:
    clients: list[Client]
    errors: list[Exception] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    progress: threading.Condition = field(default_factory=threading.Condition)

    def run(self, client: Client) -> None:
        while not self.over.is_set():
            try:
                client.act()
            except Exception as error:
                self.errors.append(error)
                self.over.set()
            with self.progress:
                client.rounds += 1
                self.progress.notify_all()

    def a_round_of_everybody(self) -> None:
        """Wait until everybody has done a whole round from now on."""
        goals = [client.rounds + 2 for client in self.clients]

        def reached() -> bool:
            rounds = [client.rounds for client in self.clients]
            return self.over.is_set() or all(a >= b for a, b in zip(rounds, goals, strict=True))

        with self.progress:
            assert self.progress.wait_for(reached, timeout=60)


def test_rotation_under_load_costs_no_request(tmp_path: Path) -> None:
    """Four threads on two processes' rings; a schedule of half an hour takes 45 seconds here."""
    clock = Clock()
    turn_now = {"wait": timedelta(seconds=5), "longest_life": TOKEN_LIFE}
    rotate(tmp_path, clock.now(), **turn_now)
    one, other = Process(tmp_path, clock), Process(tmp_path, clock)
    pairs = [(one, other), (other, one), (one, one), (other, other)]
    clients = [Client(signer, judge, clock) for signer, judge in pairs]
    rotations = []

    with under_load(clients) as load:
        for second in range(110):
            if second % 24 == 3:
                rotations.append(rotate(tmp_path, clock.now(), **turn_now))
            load.a_round_of_everybody()
            clock.advance(1)

    assert load.errors == []
    removed = [key.kid for done in rotations for key in done.removed]
    assert len(rotations) == 5
    assert len(removed) >= 2
    assert [len(client.kids) for client in clients] == [6] * 4
    assert min(client.rounds for client in clients) >= 220
    assert set(removed).isdisjoint(one.published() | other.published())


def test_who_keeps_a_token_of_a_removed_key_is_refused(tmp_path: Path) -> None:
    clock = Clock()
    put(tmp_path, "20261105T075900Z", "stolen")
    put(tmp_path, "20261105T081100Z", "next")
    process = Process(tmp_path, clock)
    client = Client(process, Process(tmp_path, clock), clock)
    client.act()
    (_, token) = client.tokens[0]

    (tmp_path / "20261105T075900Z.pem").unlink()
    clock.advance(1)

    with refused("unknown-key"):
        client.world.bearer(token)
    client.tokens.clear()
    client.act()
    assert client.kids == {kid("stolen"), kid("next")}
