import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from domain.principals import Citizen, Officer
from graphql_api.tokens import OwnIssuer, TokenVerifier
from graphql_api.tokens.key_set import keys_of
from tests.tokens.kit import Clock, World, ec_private, refused, rsa_private

BASE = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys") / "new" / "signing.pem"


@pytest.fixture
def world(key_file: Path) -> World:
    world = World()
    issuer = OwnIssuer.load_or_create(key_file, clock=world.clock.now)
    trusted = [
        issuer.trusted_for(BASE, "clearway", "citizen"),
        issuer.trusted_for(BASE, "clearway-officers", "officer"),
    ]
    world.verifier = TokenVerifier(trusted, clock=world.clock.now)
    return world


def sign(key_file: Path, audience: str, ttl: timedelta = timedelta(minutes=15)) -> str:
    issuer = OwnIssuer.load_or_create(key_file, clock=Clock().now)
    return issuer.sign({"iss": BASE, "aud": audience, "sub": "u-1"}, ttl)


def test_our_own_tokens_are_good(world: World, key_file: Path) -> None:
    assert world.bearer(sign(key_file, "clearway")) == Citizen(BASE, "u-1")
    assert world.bearer(sign(key_file, "clearway-officers")) == Officer(BASE, "u-1")


def test_they_expire(world: World, key_file: Path) -> None:
    token = sign(key_file, "clearway", timedelta(minutes=1))
    world.clock.advance(90)

    with refused("expired"):
        world.bearer(token)


def test_what_is_published_is_public_and_usable(world: World, key_file: Path) -> None:
    jwks = OwnIssuer.load_or_create(key_file).jwks()

    (jwk,) = jwks["keys"]
    assert jwk.keys() == {"kty", "n", "e", "kid", "alg", "use"}
    (key,) = keys_of([{**jwk}]).values()
    assert key.kid == key.thumbprint == jwk["kid"]


def test_the_file_is_private_and_stays_the_same(world: World, key_file: Path) -> None:
    first = OwnIssuer.load_or_create(key_file).jwks()

    assert OwnIssuer.load_or_create(key_file).jwks() == first
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in key_file.parent.iterdir()] == ["signing.pem"]
    assert key_file.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----")


def test_processes_that_start_together_get_one_key(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from graphql_api.tokens import OwnIssuer;"
        "sys.stdin.read(); print(OwnIssuer.load_or_create(Path(sys.argv[1])).jwks())"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "key.pem")]
    root = Path(__file__).parents[2]
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root)
        for _ in range(3)
    ]
    for process in started:
        assert process.stdin
        process.stdin.close()
        process.stdin = None
    printed = {process.communicate(timeout=30)[0] for process in started}

    assert len(printed) == 1
    assert b"'kid'" in printed.pop()
    assert [path.name for path in tmp_path.iterdir()] == ["key.pem"]


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    key_file = tmp_path / "key.pem"
    OwnIssuer.load_or_create(key_file)
    key_file.chmod(0o640)

    with pytest.raises(ValueError, match="chmod 600"):
        OwnIssuer.load_or_create(key_file)


@pytest.mark.parametrize("key", [ec_private("good"), rsa_private("weak", 1024)])
def test_a_key_of_another_kind_is_refused(
    tmp_path: Path, key: EllipticCurvePrivateKey | RSAPrivateKey
) -> None:
    key_file = tmp_path / "key.pem"
    key_file.touch(mode=0o600)
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))

    with pytest.raises(ValueError, match="RSA key"):
        OwnIssuer.load_or_create(key_file)
