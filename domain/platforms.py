"""The platforms whose mini-programs people come from, and what they say about an account."""

from dataclasses import dataclass, field
from enum import StrEnum


class Channel(StrEnum):
    """The platform a person signs in with, and later pays with."""

    ALIPAY = "alipay"
    WECHAT = "wechat"


@dataclass(frozen=True, slots=True)
class PlatformAccount:
    """
    Somebody's account at a platform, as the platform's server vouched for it.

    `open_id` is good for one app only: the same person has another one in every mini-program.
    """

    channel: Channel
    app_id: str
    open_id: str = field(repr=False)
    union_id: str | None = field(default=None, repr=False)


class AuthCodeProblem(StrEnum):
    """Why a platform gave no account for an authorisation code."""

    INVALID = "invalid"  # wrong, used, expired, or another app's: the platforms do not tell apart
    BLOCKED = "blocked"  # the platform holds the account for a risk
    TOO_OFTEN = "too_often"  # this person asks for codes faster than the platform allows


class AuthCodeRefused(Exception):
    """The platform said no to an authorisation code. Definite: the code is of no use any more."""

    def __init__(self, problem: AuthCodeProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


class CertifyMethod(StrEnum):
    """How a platform makes sure who is holding the phone."""

    FACE = "face"
    DOCUMENT_PHOTO = "document_photo"


@dataclass(frozen=True, slots=True)
class CertifyTicket:
    """An opened check: its id at the platform, and the page where the person does it."""

    certify_id: str = field(repr=False)
    url: str = field(repr=False)
