"""
Alipay's answers: a node, and a signature over the very bytes of that node.

    {"alipay_trade_query_response": {...}, "sign": "..."}
    {"error_response": {...}, "sign": "...", "alipay_cert_sn": "..."}, in any order
"""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from gateways.alipay.codes import shown
from gateways.alipay.signing import is_genuine
from gateways.strict_json import DECODER

ERROR = "error_response"
# The answer comes in the charset of the request, but trouble early on is told in the platform's
# own. GB18030 contains GBK, and its bytes survive being read and written again.
CHARSETS = ("utf-8", "gb18030")
SPACE = re.compile(r"[ \t\r\n]*")


class BadEnvelope(Exception):
    """Not an answer that Alipay vouches for. The text says why; it holds nothing of the answer."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A node that Alipay signed; `is_error` if it stood under the general name for errors."""

    node: dict[str, Any] = field(repr=False)
    is_error: bool


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the outer object, with its value's place in the text."""

    value: Any
    start: int
    end: int


def open_envelope(body: bytes, method: str, platform_key: RSAPublicKey) -> Envelope:
    """
    Take an answer to `method` apart and make sure that it is genuine.

    :raises BadEnvelope: if it is not
    """
    text, charset = _text(body)
    members = _members(text)
    name = _node_name(members, method)
    node = members[name]
    if not isinstance(node.value, dict):
        raise BadEnvelope("no object for a node")
    signed = text[node.start : node.end].encode(charset)
    if not is_genuine(signed, _signature(members, node.value), platform_key):
        raise BadEnvelope("wrong signature")
    return Envelope(node.value, is_error=name == ERROR)


def _text(body: bytes) -> tuple[str, str]:
    for charset in CHARSETS:
        try:
            return body.decode(charset), charset
        except UnicodeDecodeError:
            continue
    raise BadEnvelope("unknown charset")


def _members(text: str) -> dict[str, Member]:
    members: dict[str, Member] = {}
    try:
        for name, member in _scan(text):
            if name in members:
                raise BadEnvelope("a name stands twice")
            members[name] = member
    except (ValueError, RecursionError):
        raise BadEnvelope("not JSON") from None
    return members


def _scan(text: str) -> Iterator[tuple[str, Member]]:
    place = _after(text, 0, "{")
    while True:
        name, place = DECODER.raw_decode(text, _skip(text, place))
        if not isinstance(name, str):
            raise ValueError("a name that is no string")
        start = _skip(text, _after(text, place, ":"))
        value, end = DECODER.raw_decode(text, start)
        yield name, Member(value, start, end)
        place = _skip(text, end)
        if text[place : place + 1] == "}":
            break
        place = _after(text, place, ",")
    if _skip(text, place + 1) != len(text):
        raise ValueError("something behind the end")


def _skip(text: str, place: int) -> int:
    space = SPACE.match(text, place)
    return space.end() if space else place


def _after(text: str, place: int, mark: str) -> int:
    place = _skip(text, place)
    if text[place : place + 1] != mark:
        raise ValueError(f"no {mark}")
    return place + 1


def _node_name(members: dict[str, Member], method: str) -> str:
    names = {f"{method.replace('.', '_')}_response", ERROR} & members.keys()
    if len(names) != 1:
        raise BadEnvelope("two nodes" if names else "no node")
    return names.pop()


def _signature(members: dict[str, Member], node: dict[str, Any]) -> bytes:
    sign = members.get("sign")
    if sign is None:
        # So it is when the gateway does not know who asks; believed, it could be anybody's word.
        raise BadEnvelope(f"not signed, {shown(node)}")
    try:
        return base64.b64decode(sign.value, validate=True)
    except (TypeError, ValueError):
        raise BadEnvelope("not a signature") from None
