"""How to reach WeChat Pay, as which merchant and mini-program, and how hard we may lean on it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from gateways.breaker import BreakerSettings
from gateways.wechat_pay.keys import (
    PUBLIC_KEY_ID,
    PlatformKey,
    content,
    load_certificate,
    load_private_key,
    load_public_key,
)

APIV3_KEY_BYTES = 32
# These three stand in a header between quotation marks.
SHAPES = {
    "app_id": re.compile(r"[0-9A-Za-z_]{1,32}"),
    "merchant_id": re.compile(r"[0-9]{1,32}"),
    "certificate_serial": re.compile(r"[0-9A-Fa-f]{1,40}"),
}
KEY_ID = re.compile(rf"{PUBLIC_KEY_ID}[0-9A-Za-z_]{{1,64}}")


@dataclass(frozen=True, slots=True)
class WechatPayWire:
    """
    `private_key` is the merchant's own, `certificate_serial` that of the certificate it is in.

    `platform_keys` are WeChat Pay's. Certificates need not be among them: they can be downloaded.
    """

    base_url: str
    app_id: str
    merchant_id: str
    certificate_serial: str
    private_key: RSAPrivateKey = field(repr=False)
    apiv3_key: bytes = field(repr=False)
    platform_keys: tuple[PlatformKey, ...]

    timeout_seconds: float = 5.0
    connect_seconds: float = 3.0
    body_cap: int = 1024 * 1024

    places: int = 20
    place_wait_seconds: float = 0.5
    breaker: BreakerSettings = field(default_factory=BreakerSettings)

    def __post_init__(self) -> None:
        for name, shape in SHAPES.items():
            if not shape.fullmatch(getattr(self, name)):
                raise ValueError(f"WeChat Pay's {name} is not one.")
        if len(self.apiv3_key) != APIV3_KEY_BYTES:
            raise ValueError(f"WeChat Pay's APIv3 key is not {APIV3_KEY_BYTES} bytes long.")
        own = self.private_key.public_key()
        if any(platform.key == own for platform in self.platform_keys):
            raise ValueError("WeChat Pay's own key or certificate is wanted, not the merchant's.")

    @property
    def public_key_id(self) -> str | None:
        """The id of WeChat Pay's public key, if the merchant has it."""
        ids = (one.serial for one in self.platform_keys if one.serial.startswith(PUBLIC_KEY_ID))
        return next(ids, None)

    @classmethod
    def load(
        cls,
        *,
        base_url: str,
        app_id: str,
        merchant_id: str,
        certificate_serial: str,
        private_key_file: Path,
        apiv3_key_file: Path,
        public_key_id: str | None = None,
        public_key_file: Path | None = None,
        certificate_files: Sequence[Path] = (),
        timeout_seconds: float = 5.0,
    ) -> "WechatPayWire":
        """
        Read the keys from their files.

        :raises ValueError: in one sentence, if something is not what it should be
        """
        certificates = [load_certificate(file) for file in certificate_files]
        return cls(
            base_url=base_url,
            app_id=app_id,
            merchant_id=merchant_id,
            certificate_serial=certificate_serial,
            private_key=load_private_key(private_key_file),
            apiv3_key=content(apiv3_key_file).strip(),
            platform_keys=(*_public_key(public_key_id, public_key_file), *certificates),
            timeout_seconds=timeout_seconds,
        )


def _public_key(key_id: str | None, file: Path | None) -> list[PlatformKey]:
    if key_id is None and file is None:
        return []
    if key_id is None or file is None:
        raise ValueError("WeChat Pay's public key and its id belong together: give both.")
    if not KEY_ID.fullmatch(key_id):
        raise ValueError(f"The id of WeChat Pay's public key begins with {PUBLIC_KEY_ID}.")
    return [PlatformKey(key_id, load_public_key(file))]
