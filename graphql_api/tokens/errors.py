from enum import StrEnum


class Reason(StrEnum):
    """Why a token was refused: for logs and metrics only, the client is not told."""

    MALFORMED = "malformed"
    TYPE = "type"
    UNKNOWN_ISSUER = "unknown-issuer"
    UNKNOWN_KEY = "unknown-key"
    SIGNATURE = "signature"
    CLAIMS = "claims"
    NOT_YET_VALID = "not-yet-valid"
    EXPIRED = "expired"
    REVOKED = "revoked"


class InvalidToken(Exception):
    """The credentials are no good: answer 401, with the same words whatever the reason."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class KeysUnavailable(Exception):
    """The issuer's keys cannot be had. Not the client's mistake: answer 503 with Retry-After."""

    def __init__(self, issuer: str, *, retry_after_seconds: int) -> None:
        super().__init__(f"no keys of {issuer}")
        self.issuer = issuer
        self.retry_after_seconds = retry_after_seconds
