"""One access token for each member of a cohort; every contender is shown the same ones."""

import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from benchmarks.speed.people import CASES, Size, identity_number_of, name_of
from benchmarks.speed.places import TOKENS
from graphql_api.tokens import OwnIssuer
from graphql_api.tokens.base64url import decode
from runtime.keys import signing_keys_dir
from runtime.settings import Settings

PUBLIC_KEY = TOKENS / "public.pem"
LIFE = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class TokenMaker:
    """Clearway's own issuer, which the peers trust, too."""

    issuer: OwnIssuer
    settings: Settings

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The issuer of the keys in the data folder; a first one is made there."""
        return cls(OwnIssuer.load_or_create(signing_keys_dir(settings)), settings)

    def token(
        self, subject: str, name: str, identity_number: str, session: str | None = None
    ) -> str:
        """A token of somebody whose face was checked, in a session of its own."""
        claims = {
            "iss": self.settings.own_issuer,
            "aud": self.settings.citizen_audience,
            "sub": subject,
            "name": name,
            "id_number": identity_number,
            "acr": "face",
            "auth_time": int(time.time()),
            "sid": session or secrets.token_hex(8),
        }
        return self.issuer.sign(claims, LIFE)

    def public_key(self) -> bytes:
        """What the tokens are verified with, as PEM."""
        jwk = self.issuer.jwks()["keys"][-1]
        modulus, exponent = (int.from_bytes(decode(jwk[name]), "big") for name in ("n", "e"))
        key = RSAPublicNumbers(exponent, modulus).public_key()
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def write_tokens(size: Size, settings: Settings, cases: Iterable[str] = CASES) -> None:
    """A file of tokens for each case, and the key that they are verified with."""
    TOKENS.mkdir(mode=0o700, parents=True, exist_ok=True)
    maker = TokenMaker.of(settings)
    PUBLIC_KEY.write_bytes(maker.public_key())
    for case in cases:
        lines = [
            maker.token(str(user_id), name_of(user_id), identity_number_of(user_id))
            for user_id in size.members(case)
        ]
        tokens_file(case).write_text("\n".join(lines) + "\n", encoding="ascii")


def tokens_file(case: str) -> Path:
    """One token a line."""
    return TOKENS / f"{case}.tokens"


def tokens_of(case: str) -> list[str]:
    """The tokens of a case."""
    return tokens_file(case).read_text(encoding="ascii").split()
