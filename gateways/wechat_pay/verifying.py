"""Whether WeChat Pay said this: the signature in the headers of its answers and notices."""

import base64
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from domain.payments import NotGenuine
from gateways.platform_ids import is_opaque
from gateways.wechat_pay.keys import KeyRing, PlatformKey
from gateways.wechat_pay.signing import SCHEME

FRESH = timedelta(minutes=5)
TIMESTAMP = re.compile(r"[1-9][0-9]{0,10}", re.ASCII)
SERIAL = re.compile(r"[0-9A-Za-z_]{1,80}", re.ASCII)
# WeChat Pay sends wrong signatures now and then to see who looks; the right one follows.
PROBE = "WECHATPAY/SIGNTEST/"


class UnknownSerial(NotGenuine):
    """Signed with a key that we do not have: perhaps a new certificate, to be downloaded."""

    def __init__(self, serial: str) -> None:
        super().__init__("unknown serial")
        self.serial = serial


def verify(headers: Mapping[str, str], body: bytes, keys: KeyRing, now: datetime) -> None:
    """
    Make sure of a message; `body` is the very bytes that came.

    :raises UnknownSerial: if a key that we do not have may vouch for it
    :raises NotGenuine: if there is any other doubt
    """
    if _header(headers, "Wechatpay-Signature-Type") != SCHEME:
        raise NotGenuine("another kind of signature")
    timestamp = _timestamp(headers, now)
    nonce = _header(headers, "Wechatpay-Nonce")
    if not is_opaque(nonce):
        raise NotGenuine("not a nonce")
    platform = _key(_header(headers, "Wechatpay-Serial"), keys, now)
    signature = _signature(_header(headers, "Wechatpay-Signature"))
    text = f"{timestamp}\n{nonce}\n".encode() + body + b"\n"
    try:
        platform.key.verify(signature, text, PKCS1v15(), SHA256())
    except InvalidSignature:
        raise NotGenuine("wrong signature") from None


def _header(headers: Mapping[str, str], name: str) -> str:
    found = [value for key, value in headers.items() if key.lower() == name.lower()]
    if len(found) != 1:
        raise NotGenuine(f"{name} stands there {len(found)} times")
    return found[0]


def _timestamp(headers: Mapping[str, str], now: datetime) -> str:
    text = _header(headers, "Wechatpay-Timestamp")
    if not TIMESTAMP.fullmatch(text):
        raise NotGenuine("not a timestamp")
    # Eleven digits are within the years that there are.
    if abs(now - datetime.fromtimestamp(int(text), UTC)) >= FRESH:
        raise NotGenuine("too old, or of the future")
    return text


def _key(serial: str, keys: KeyRing, now: datetime) -> PlatformKey:
    if not SERIAL.fullmatch(serial):
        raise NotGenuine("not a serial")
    key = keys.find(serial)
    if key is None:
        raise UnknownSerial(serial)
    if not key.is_valid(now):
        raise NotGenuine("a certificate that is not valid now")
    return key


def _signature(text: str) -> bytes:
    if text.startswith(PROBE):
        raise NotGenuine("a wrong signature on purpose")
    try:
        signature = base64.b64decode(text, validate=True)
    except ValueError:
        raise NotGenuine("not a signature") from None
    if base64.b64encode(signature).decode() != text:
        raise NotGenuine("not a signature")
    return signature
