"""What the servers of this folder are told by their environment."""

import os
from pathlib import Path
from typing import Any

from jose import jwt

DATABASE_URL = os.environ["PEERS_DATABASE_URL"]
POOL_SIZE = 20

_PUBLIC_KEY = Path(os.environ["PEERS_PUBLIC_KEY"]).read_text(encoding="ascii")
_ISSUER = os.environ["PEERS_ISSUER"]
_AUDIENCE = os.environ["PEERS_AUDIENCE"]


def user_of(authorization: str) -> int:
    """:raises jose.JWTError: if the header carries no good token"""
    token = authorization.removeprefix("Bearer ")
    claims: dict[str, Any] = jwt.decode(
        token, _PUBLIC_KEY, algorithms=["RS256"], audience=_AUDIENCE, issuer=_ISSUER
    )
    return int(claims["sub"])
