"""Answers as WeChat Pay gives them: JSON or nothing, vouched for in the headers."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.platforms.scenario import Reply
from sandbox.wechatpay.failures import Failure
from sandbox.wechatpay.platform_keys import Signer
from sandbox.wechatpay.signatures import SCHEME, message_text, sign

Node = Mapping[str, object]
_TYPE = "application/json; charset=utf-8"
_FILE_TYPE = "application/octet-stream"
# What is sent instead of a signature to see who looks.
PROBE = "WECHATPAY/SIGNTEST/"


@dataclass(frozen=True, slots=True)
class Stamp:
    """How a message is vouched for; what is not as it should be comes from scenarios."""

    signed: bool = True
    right: bool = True
    probe: bool = False
    age_seconds: float = 0.0
    serial: str | None = None

    def headers(self, body: bytes, signer: Signer, now: float) -> dict[str, str]:
        """:param now: seconds since 1970"""
        if not self.signed:
            return {}
        timestamp, nonce = str(int(now - self.age_seconds)), secrets.token_hex(16)
        text = message_text(timestamp, nonce, body if self.right else b"another message")
        signature = sign(signer.key, text)
        return {
            "Wechatpay-Timestamp": timestamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": self.serial or signer.serial,
            "Wechatpay-Signature-Type": SCHEME,
            "Wechatpay-Signature": PROBE + signature[len(PROBE) :] if self.probe else signature,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """
    An answer before it is bytes. Errors are not signed, but the empty body of a 204 is.

    :ivar file: what is sent instead of a node; it is not signed either
    """

    status: int
    node: Node | None
    tail: str = "0"
    stamp: Stamp = field(default_factory=Stamp)
    file: bytes | None = None

    @property
    def outcome(self) -> str:
        """What the truth log says."""
        code = (self.node or {}).get("code")
        return str(self.status) if code is None else f"{self.status} {code}"


def succeeded(told: Node | bytes | None) -> Answer:
    if isinstance(told, bytes):
        return Answer(200, None, stamp=Stamp(signed=False), file=told)
    return Answer(204 if told is None else 200, told)


def failed(failure: Failure) -> Answer:
    node: dict[str, object] = {"code": failure.code, "message": failure.message}
    if failure.detail is not None:
        node["detail"] = failure.detail
    return Answer(failure.status, node, failure.tail, Stamp(signed=False))


def encoded(node: Node) -> bytes:
    return json.dumps(node, ensure_ascii=False, separators=(",", ":")).encode()


def reply(answer: Answer, signer: Signer, now: float) -> Reply:
    body = (answer.file or b"") if answer.node is None else encoded(answer.node)
    headers = {
        "Request-ID": f"{secrets.token_hex(17).upper()}-{answer.tail}",
        **answer.stamp.headers(body, signer, now),
    }
    return Reply(body, _FILE_TYPE if answer.file else _TYPE, answer.status, headers)
