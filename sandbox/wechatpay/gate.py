"""Who may call: the signature over what was on the wire."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from sandbox.platforms.clock import Clock
from sandbox.wechatpay import failures
from sandbox.wechatpay.failures import Failure, Refused
from sandbox.wechatpay.signatures import SCHEME, request_text, verifies

_MEMBER = re.compile(r'([a-z_]+)="([^"]*)"')
_MEMBERS = {"mchid", "nonce_str", "signature", "timestamp", "serial_no"}
_TIMESTAMP = re.compile(r"[0-9]{1,11}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Wire:
    """A request as it came: `target` is path and query, not decoded."""

    verb: str
    target: str
    authorization: str = field(repr=False)
    body: bytes = field(repr=False)
    wanted_serial: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """`clock` is the real one: a caller's timestamp does not move with the sandbox's."""

    merchant_id: str
    serial: str
    key: RSAPublicKey
    tolerance_seconds: float | None
    clock: Clock

    def admit(self, wire: Wire) -> None:
        """:raises Refused: by the first check that fails"""
        members = _members(wire.authorization)
        failure = failures.SIGNATURE if members is None else self._failure(wire, members)
        if failure:
            raise Refused(failure)

    def _failure(self, wire: Wire, members: Mapping[str, str]) -> Failure | None:
        if not self._timely(members["timestamp"]):
            return failures.TIMESTAMP
        if members["mchid"] != self.merchant_id:
            return failures.NO_MERCHANT
        if members["serial_no"].upper().zfill(40) != self.serial:
            return failures.SERIAL
        text = request_text(
            wire.verb, wire.target, members["timestamp"], members["nonce_str"], wire.body
        )
        right = verifies(self.key, text, members["signature"])
        return None if right else failures.SIGNATURE

    def _timely(self, timestamp: str) -> bool:
        if not _TIMESTAMP.fullmatch(timestamp):
            return False
        if self.tolerance_seconds is None:
            return True
        return abs(int(timestamp) - self.clock()) <= self.tolerance_seconds


def _members(authorization: str) -> dict[str, str] | None:
    """The members of the header, in any order; None if they are not those five."""
    scheme, _, rest = authorization.partition(" ")
    parts = [_MEMBER.fullmatch(part.strip()) for part in rest.split(",")]
    members = {part[1]: part[2] for part in parts if part}
    well_formed = scheme == SCHEME and all(parts) and set(members) == _MEMBERS
    return members if well_formed and len(parts) == len(_MEMBERS) else None
