"""Who may call: the gateway's checks, in its order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from sandbox.alipay import failures
from sandbox.alipay.calls import CHARSETS, Call, charset_of
from sandbox.alipay.failures import Failure, Refused
from sandbox.alipay.signatures import base_string, verifies
from sandbox.city.seeds import CHINA
from sandbox.platforms.clock import Clock

_REQUIRED = {
    "method": failures.MISSING_METHOD,
    "sign_type": failures.MISSING_SIGNATURE_TYPE,
    "sign": failures.MISSING_SIGNATURE,
    "timestamp": failures.MISSING_TIMESTAMP,
    "version": failures.MISSING_VERSION,
}
_TIMESTAMP_LENGTH = len("2026-11-01 08:00:00")


@dataclass(frozen=True, slots=True)
class Gate:
    """`clock` is the real one: a caller's timestamp does not move with the sandbox's."""

    app_id: str
    app_key: RSAPublicKey
    methods: frozenset[str]
    tolerance_seconds: float | None
    clock: Clock

    def admit(self, parameters: Mapping[str, str]) -> Call:
        """:raises Refused: by the first check that fails"""
        failure = self._stranger(parameters) or self._malformed(parameters)
        failure = failure or self._forged(parameters) or self._unfit(parameters)
        if failure:
            raise Refused(failure)
        return Call(self.app_id, parameters)

    def _stranger(self, parameters: Mapping[str, str]) -> Failure | None:
        # The real gateway, too, looks at the app before it looks at the signature.
        app_id = parameters.get("app_id")
        if not app_id:
            return failures.MISSING_APP_ID
        return None if app_id == self.app_id else failures.INVALID_APP_ID

    def _malformed(self, parameters: Mapping[str, str]) -> Failure | None:
        for name, failure in _REQUIRED.items():
            if not parameters.get(name):
                return failure
        if parameters.get("charset", "").lower() not in CHARSETS:
            return failures.INVALID_CHARSET
        return None if parameters["sign_type"] == "RSA2" else failures.INVALID_SIGNATURE_TYPE

    def _forged(self, parameters: Mapping[str, str]) -> Failure | None:
        signed = base_string(parameters, charset_of(parameters))
        right = verifies(self.app_key, signed, parameters["sign"])
        return None if right else failures.INVALID_SIGNATURE

    def _unfit(self, parameters: Mapping[str, str]) -> Failure | None:
        if not self._timely(parameters["timestamp"]):
            return failures.INVALID_TIMESTAMP
        if parameters["version"] != "1.0":
            return failures.INVALID_VERSION
        if parameters.get("format", "JSON").upper() != "JSON":
            return failures.INVALID_FORMAT
        return None if parameters["method"] in self.methods else failures.INVALID_METHOD

    def _timely(self, timestamp: str) -> bool:
        try:
            sent = datetime.strptime(timestamp, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)
        except ValueError:
            return False
        if len(timestamp) != _TIMESTAMP_LENGTH:
            return False
        if self.tolerance_seconds is None:
            return True
        return abs(sent.timestamp() - self.clock()) <= self.tolerance_seconds
