from datetime import timedelta
from pathlib import Path

import pytest

from domain.principals import Citizen, Officer
from graphql_api.tokens import KeyRing, OwnIssuer, TokenVerifier
from graphql_api.tokens.key_set import keys_of
from tests.tokens.kit import (
    IDENTITY_NUMBER,
    NOW,
    Clock,
    World,
    open_identity,
    refused,
    sealed,
)
from tests.tokens.signing_keys import put

BASE = "http://127.0.0.1:8000"
LIFE = timedelta(minutes=15)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys") / "new" / "signing"


@pytest.fixture
def world(folder: Path) -> World:
    world = World()
    issuer = OwnIssuer.load_or_create(folder, clock=world.clock.now)
    trusted = [
        issuer.trusted_for(BASE, "clearway", "citizen", open_identity),
        issuer.trusted_for(BASE, "clearway-officers", "officer"),
    ]
    world.verifier = TokenVerifier(trusted, clock=world.clock.now)
    return world


def sign(folder: Path, audience: str, ttl: timedelta = LIFE, **claims: str) -> str:
    issuer = OwnIssuer.load_or_create(folder, clock=Clock().now)
    return issuer.sign({"iss": BASE, "aud": audience, "sub": "u-1", **claims}, ttl)


def test_our_own_tokens_are_good(world: World, folder: Path) -> None:
    assert world.bearer(sign(folder, "clearway")) == Citizen(BASE, "u-1")
    assert world.bearer(sign(folder, "clearway-officers")) == Officer(BASE, "u-1")


def test_they_expire(world: World, folder: Path) -> None:
    token = sign(folder, "clearway", timedelta(minutes=1))
    world.clock.advance(90)

    with refused("expired"):
        world.bearer(token)


def test_they_may_carry_a_sealed_identity(world: World, folder: Path) -> None:
    seal = sealed("王小明", IDENTITY_NUMBER)
    citizen = world.bearer(sign(folder, "clearway", sealed_identity=seal, acr="basic"))

    assert isinstance(citizen, Citizen)
    assert (citizen.name, citizen.identity_number) == ("王小明", IDENTITY_NUMBER)
    with refused("claims"):
        world.bearer(sign(folder, "clearway-officers", sealed_identity=seal))


def test_what_is_published_is_public_and_usable(folder: Path) -> None:
    jwks = OwnIssuer.load_or_create(folder).jwks()

    (jwk,) = jwks["keys"]
    assert jwk.keys() == {"kty", "n", "e", "kid", "alg", "use"}
    (key,) = keys_of([{**jwk}]).values()
    assert key.kid == key.thumbprint == jwk["kid"]


def test_the_key_is_private_and_stays_the_same(tmp_path: Path) -> None:
    first = OwnIssuer.load_or_create(tmp_path / "signing", clock=lambda: NOW).jwks()

    assert OwnIssuer.load_or_create(tmp_path / "signing").jwks() == first
    (file,) = (tmp_path / "signing").iterdir()
    assert file.name == "20261105T080000Z.pem"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert file.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----")


def test_a_key_that_is_there_twice_is_published_once(tmp_path: Path) -> None:
    for instant in ("20261101T000000Z", "20261102T000000Z"):
        put(tmp_path, instant, "good")

    issuer = OwnIssuer(KeyRing(tmp_path))

    assert len(issuer.jwks()["keys"]) == len(keys_of([*issuer.jwks()["keys"]])) == 1
