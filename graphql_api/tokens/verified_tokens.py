import hashlib
from collections import OrderedDict
from dataclasses import dataclass

from domain.principals import Citizen, Officer
from graphql_api.tokens.jose_backend import VerificationKey
from graphql_api.tokens.key_cache import IssuerKeys
from graphql_api.tokens.validity import Validity


@dataclass(frozen=True, slots=True)
class VerifiedToken:
    """What a token turned out to say, and what must still hold when it is shown again."""

    principal: Citizen | Officer
    validity: Validity
    key: VerificationKey
    keys: IssuerKeys

    def is_still_vouched_for(self) -> bool:
        """Tell whether the issuer still publishes the very key that signed it."""
        return self.keys.held(self.key.kid) == self.key


class VerifiedTokens:
    """The last tokens seen, by their hash: a dump of the memory gives no token away."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._tokens: OrderedDict[bytes, VerifiedToken] = OrderedDict()

    def get(self, token: str) -> VerifiedToken | None:
        name = _hash(token)
        verified = self._tokens.get(name)
        if verified is None:
            return None
        if not verified.is_still_vouched_for():
            del self._tokens[name]
            return None
        self._tokens.move_to_end(name)
        return verified

    def add(self, token: str, verified: VerifiedToken) -> None:
        self._tokens[_hash(token)] = verified
        while len(self._tokens) > self._size:
            self._tokens.popitem(last=False)

    def clear(self) -> None:
        self._tokens.clear()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("ascii")).digest()
