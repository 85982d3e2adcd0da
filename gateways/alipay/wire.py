"""How to reach Alipay's gateway, as which application, and how hard we may lean on it."""

from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from gateways.alipay.keys import load_private_key, load_public_key
from gateways.breaker import BreakerSettings


@dataclass(frozen=True, slots=True)
class AlipayWire:
    """`private_key` is our application's own; `platform_key` is Alipay's, for its answers."""

    gateway_url: str
    app_id: str
    private_key: RSAPrivateKey = field(repr=False)
    platform_key: RSAPublicKey = field(repr=False)

    timeout_seconds: float = 5.0
    connect_seconds: float = 3.0
    body_cap: int = 1024 * 1024

    places: int = 20
    place_wait_seconds: float = 0.5
    breaker: BreakerSettings = field(default_factory=BreakerSettings)

    def __post_init__(self) -> None:
        # The console shows both, one below the other.
        if self.platform_key == self.private_key.public_key():
            raise ValueError(
                "Alipay's public key is wanted, not the application's own:"
                " the console has both, take the one named 支付宝公钥."
            )

    @classmethod
    def load(
        cls,
        *,
        gateway_url: str,
        app_id: str,
        private_key_file: Path,
        public_key_file: Path,
        timeout_seconds: float = 5.0,
    ) -> "AlipayWire":
        """
        Read the keys from their files.

        :raises ValueError: in one sentence, if a file does not hold the key it should
        """
        return cls(
            gateway_url=gateway_url,
            app_id=app_id,
            private_key=load_private_key(private_key_file),
            platform_key=load_public_key(public_key_file),
            timeout_seconds=timeout_seconds,
        )
