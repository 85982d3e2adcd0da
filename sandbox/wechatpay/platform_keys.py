"""What WeChat Pay signs with: its public key, and its certificates, of which some come and go."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import cycle

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from sandbox.city.seeds import CHINA
from sandbox.wechatpay.certificates import (
    certificate,
    new_private_pem,
    platform_certificate,
    private_key,
)
from sandbox.wechatpay.credentials import WechatPayCredentials
from sandbox.wechatpay.sealing import seal
from sandbox.wechatpay.settings import KeyMode


@dataclass(frozen=True, slots=True)
class Signer:
    """A key, and the serial or id that stands beside its signatures."""

    serial: str
    key: RSAPrivateKey = field(repr=False)
    certificate_pem: str = field(default="", repr=False)

    @classmethod
    def certified(cls, private_pem: str, certificate_pem: str) -> "Signer":
        serial = f"{certificate(certificate_pem).serial_number:040X}"
        return cls(serial, private_key(private_pem), certificate_pem)


@dataclass(slots=True)
class PlatformKeys:
    """The last certificate is the newest: with it everything is signed that names no other."""

    mode: KeyMode
    public: Signer
    certificates: list[Signer]
    apiv3_key: str = field(repr=False)
    _turns: "cycle[bool]" = field(default_factory=lambda: cycle((True, False)))

    @classmethod
    def open(cls, credentials: WechatPayCredentials, mode: KeyMode) -> "PlatformKeys":
        first = Signer.certified(
            credentials.platform_private_pem, credentials.platform_certificate_pem
        )
        public = Signer(credentials.public_key_id, private_key(credentials.signing_private_pem))
        return cls(mode, public, [first], credentials.apiv3_key)

    def of_answer(self, wanted: str) -> Signer:
        """With what an answer is signed to whom names a key or certificate, or none."""
        if self.mode is KeyMode.PUBLIC_KEY:
            return self.public
        if self.mode is KeyMode.MIGRATION and wanted == self.public.serial:
            return self.public
        named = (one for one in self.certificates if one.serial == wanted.upper().zfill(40))
        return next(named, self.certificates[-1])

    def of_notice(self) -> Signer:
        """In a migration by turns, so that both are met."""
        by_key = next(self._turns) if self.mode is KeyMode.MIGRATION else False
        is_public = by_key or self.mode is KeyMode.PUBLIC_KEY
        return self.public if is_public else self.certificates[-1]

    def rotate(self) -> None:
        """A new certificate comes; the old one stays until it is retired."""
        pem = new_private_pem()
        self.certificates.append(Signer.certified(pem, platform_certificate(pem)))

    def retire(self) -> None:
        """:raises ValueError: when there is no newer one"""
        if len(self.certificates) == 1:
            raise ValueError("the only certificate cannot be retired")
        del self.certificates[0]

    def listed(self) -> list[Mapping[str, object]]:
        """The certificates, as `GET /v3/certificates` has them."""
        return [self._listed(one) for one in self.certificates]

    def _listed(self, one: Signer) -> Mapping[str, object]:
        dates = certificate(one.certificate_pem)
        return {
            "serial_no": one.serial,
            "effective_time": _told(dates.not_valid_before_utc),
            "expire_time": _told(dates.not_valid_after_utc),
            "encrypt_certificate": seal(
                one.certificate_pem.encode(), "certificate", self.apiv3_key
            ),
        }


def _told(instant: datetime) -> str:
    return instant.astimezone(CHINA).isoformat(timespec="seconds")
