"""An answer of the gateway, before and after it becomes a document."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from sandbox.alipay.failures import Failure
from sandbox.alipay.signatures import sign
from sandbox.platforms.scenario import Reply

Node = Mapping[str, object]
ERROR_NODE = "error_response"
_LOGIN = "alipay.system.oauth.token"
_CERTIFICATE_SN = "5e8a6f1c7d0b4a39921f4c6be07d8a35"


@dataclass(frozen=True, slots=True)
class Answer:
    """A node with its name, and the spots where real gateways differ from each other."""

    method: str
    name: str
    node: Node
    charset: str
    signed: bool = True
    signature_right: bool = True
    sign_first: bool = False
    with_certificate_sn: bool = False
    slashes_escaped: bool = False

    @property
    def outcome(self) -> str:
        """The codes of the node; the login has none when it succeeds."""
        codes = (self.node.get("code", "success"), self.node.get("sub_code"))
        return " ".join(str(code) for code in codes if code)


def node_name(method: str) -> str:
    return f"{method.replace('.', '_')}_response"


def succeeded(method: str, node: Node, charset: str) -> Answer:
    return Answer(method, node_name(method), node, charset)


def failed(method: str, failure: Failure, charset: str) -> Answer:
    """Only what a business method refuses comes under the name of the method."""
    own = failure.code == "40004" and method != _LOGIN
    name = node_name(method) if own else ERROR_NODE
    return Answer(method, name, failure.node(), charset, signed=failure.knows_app)


def reply(answer: Answer, key: RSAPrivateKey) -> Reply:
    """As the real gateway does it, JSON is declared to be HTML."""
    return Reply(document(answer, key), f"text/html;charset={answer.charset}")


def document(answer: Answer, key: RSAPrivateKey) -> bytes:
    """The node and its signature, which covers the very bytes of the node."""
    text = json.dumps(answer.node, ensure_ascii=False, separators=(",", ":"))
    node = text.encode(answer.charset, errors="replace")
    members = [_member(answer.name, node)]
    if answer.with_certificate_sn:
        members.append(_member("alipay_cert_sn", f'"{_CERTIFICATE_SN}"'.encode()))
    if answer.signed:
        place = 0 if answer.sign_first else len(members)
        members.insert(place, _member("sign", _signature(answer, node, key)))
    return b"{" + b",".join(members) + b"}"


def _signature(answer: Answer, node: bytes, key: RSAPrivateKey) -> bytes:
    signature = sign(key, node if answer.signature_right else node + b" ")
    if answer.slashes_escaped:
        signature = signature.replace("/", "\\/")
    return f'"{signature}"'.encode()


def _member(name: str, value: bytes) -> bytes:
    return json.dumps(name).encode() + b":" + value
