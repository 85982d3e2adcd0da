"""Failures: nobody's choice. Shown as `errors[].extensions.code`, from this closed list."""

import traceback
from enum import StrEnum


class FailureCode(StrEnum):
    """The codes a client can meet in `errors[].extensions.code`."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    STEP_UP_REQUIRED = "STEP_UP_REQUIRED"
    BAD_REQUEST = "BAD_REQUEST"
    RATE_LIMITED = "RATE_LIMITED"
    UPSTREAM_UNAVAILABLE = "UPSTREAM_UNAVAILABLE"
    RETRY_LATER = "RETRY_LATER"
    INTERNAL = "INTERNAL"


class Failure(Exception):
    """Something that kept us from answering. The texts are in `domain.texts`, by `text_key`."""

    code = FailureCode.INTERNAL

    def __init__(self, text_key: str, *, retry_after: float | None = None, **values: str) -> None:
        super().__init__(text_key)
        self.text_key = text_key
        self.retry_after = retry_after
        self.values = values


class Unauthenticated(Failure):
    """The operation needs somebody who is signed in."""

    code = FailureCode.UNAUTHENTICATED


class Forbidden(Failure):
    """The principal's role does not allow this."""

    code = FailureCode.FORBIDDEN


class StepUpRequired(Failure):
    """
    The person is signed in, but has not been verified to the level this needs, or too long ago.

    `acr` and `max_age` (seconds) are what a token must have to be let in, as RFC 9470 names them;
    None where any verified one will do.
    """

    code = FailureCode.STEP_UP_REQUIRED

    def __init__(
        self, text_key: str, *, acr: str | None = None, max_age: int | None = None, **values: str
    ) -> None:
        super().__init__(text_key, retry_after=None, **values)
        self.acr = acr
        self.max_age = max_age


class BadRequest(Failure):
    """The client's program asked for something that makes no sense."""

    code = FailureCode.BAD_REQUEST


class RateLimited(Failure):
    """This person asks faster than is allowed."""

    code = FailureCode.RATE_LIMITED


class TryLater(Failure):
    """Trouble of our own that passes: the database restarts, or is busier than it can bear."""

    code = FailureCode.RETRY_LATER


class UpstreamReason(StrEnum):
    """Why an upstream gave no usable answer."""

    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    BROKEN_ANSWER = "broken_answer"
    REFUSED = "refused"
    NOT_AUTHORISED = "not_authorised"
    OVER_QUOTA = "over_quota"
    CLOSED_FOR_THE_NIGHT = "closed_for_the_night"
    BREAKER_OPEN = "breaker_open"
    TOO_MANY_CALLS = "too_many_calls"
    NO_TIME_LEFT = "no_time_left"


class Upstream(StrEnum):
    """The systems we ask; each has its own sentence for people when it does not answer."""

    POLICE = "police"
    ALIPAY = "alipay"
    WECHAT = "wechat"


class UpstreamUnavailable(Failure):
    """
    An upstream did not give a usable answer. Never to be shown as "there is nothing".

    `reason` is for logs and metrics; `detail` is the upstream's own words, for the log only.
    """

    code = FailureCode.UPSTREAM_UNAVAILABLE

    def __init__(
        self,
        reason: UpstreamReason,
        *,
        upstream: Upstream = Upstream.POLICE,
        retry_after: float | None = None,
        detail: str = "",
    ) -> None:
        super().__init__(f"{upstream}_unavailable", retry_after=retry_after)
        self.reason = reason
        self.upstream = upstream
        self.detail = detail


def where(error: BaseException) -> str:
    """The kind of an exception and its way here, for a log: its text may hold personal data."""
    way = "".join(traceback.format_tb(error.__traceback__))
    return f"{type(error).__name__}\n{way}".rstrip()
