"""The keys a merchant and WeChat Pay know each other by."""

import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.platforms.folders import load_or_create, publish
from sandbox.wechatpay.certificates import (
    certificate_pem,
    check_certificate,
    new_private_pem,
    platform_certificate,
    private_key,
    public_pem,
)

SANDBOX_MERCHANT_ID = "1900000001"
SANDBOX_CERTIFICATE_SERIAL = "5157F09EFDC096DE15EBE81A47057A7200000001"
SANDBOX_PUBLIC_KEY_ID = "PUB_KEY_ID_0119000000012026110100000000000001"
_APIV3_KEY_LENGTH = 32
_LETTERS = string.ascii_letters + string.digits
_Take = Callable[[str, Callable[[], str]], str]


@dataclass(frozen=True, slots=True)
class WechatPayCredentials:
    """
    Keys as PEM: private ones in PKCS#8, public ones as SubjectPublicKeyInfo.

    WeChat Pay has two keys: that of its public key, and that of its certificate.
    """

    merchant_id: str
    certificate_serial: str
    public_key_id: str
    merchant_private_pem: str = field(repr=False)
    merchant_certificate_pem: str = field(repr=False)
    signing_private_pem: str = field(repr=False)
    public_pem: str = field(repr=False)
    platform_private_pem: str = field(repr=False)
    platform_certificate_pem: str = field(repr=False)
    apiv3_key: str = field(repr=False)

    @classmethod
    def new(cls) -> "WechatPayCredentials":
        """Fresh keys that are kept nowhere."""
        return _taken(lambda _, new: new(), Path())

    @classmethod
    def load_or_create(cls, folder: Path) -> "WechatPayCredentials":
        """
        The keys of a folder, made there once however many processes start together.

        :raises ValueError: when a file is damaged
        """
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = _taken(lambda name, new: load_or_create(folder / name, new), folder)
        publish(folder / "wechatpay-public.pem", made.public_pem)
        return made


def _taken(take: _Take, folder: Path) -> WechatPayCredentials:
    """All keys, each taken by its name, or from who makes a new one."""

    def key(name: str) -> str:
        return _whole(folder / name, take(name, new_private_pem), private_key)

    def certificate(name: str, key_pem: str, new: Callable[[], str]) -> str:
        return _whole(folder / name, take(name, new), lambda pem: check_certificate(pem, key_pem))

    merchant, signing = key("wechatpay-merchant.pem"), key("wechatpay-signing.pem")
    platform, apiv3_file = key("wechatpay-platform.pem"), "wechatpay-apiv3.key"
    return WechatPayCredentials(
        merchant_id=SANDBOX_MERCHANT_ID,
        certificate_serial=SANDBOX_CERTIFICATE_SERIAL,
        public_key_id=SANDBOX_PUBLIC_KEY_ID,
        merchant_private_pem=merchant,
        merchant_certificate_pem=certificate(
            "wechatpay-merchant-cert.pem", merchant, lambda: _merchant_certificate(merchant)
        ),
        signing_private_pem=signing,
        public_pem=public_pem(signing),
        platform_private_pem=platform,
        platform_certificate_pem=certificate(
            "wechatpay-platform-cert.pem", platform, lambda: platform_certificate(platform)
        ),
        apiv3_key=_whole(folder / apiv3_file, take(apiv3_file, _new_apiv3_key), _check_apiv3_key),
    )


def _merchant_certificate(private_pem: str) -> str:
    return certificate_pem(SANDBOX_MERCHANT_ID, private_pem, int(SANDBOX_CERTIFICATE_SERIAL, 16))


def _new_apiv3_key() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_APIV3_KEY_LENGTH))


def _check_apiv3_key(text: str) -> None:
    if len(text) != _APIV3_KEY_LENGTH or not text.isascii():
        raise ValueError("32 characters are expected")


def _whole(path: Path, text: str, read: Callable[[str], object]) -> str:
    try:
        read(text)
    except (ValueError, TypeError):  # TypeError: a key behind a password
        raise ValueError(f"{path} is damaged: delete it to have a new one made.") from None
    return text
