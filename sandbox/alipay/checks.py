"""Checks of who is holding the phone: opened by an app, done by a person, asked about later."""

import secrets
from dataclasses import dataclass, field
from enum import Enum

from sandbox.city import Person
from sandbox.platforms.clock import Clock


class Outcome(Enum):
    """What became of a check. One that was cancelled can be taken up again."""

    OPEN = "open"
    CANCELLED = "cancelled"
    PASSED = "passed"
    FAILED = "failed"
    SOMEBODY_ELSE = "somebody else"


_OVER = frozenset({Outcome.PASSED, Outcome.FAILED, Outcome.SOMEBODY_ELSE})


class CheckExpired(LookupError):
    """The check was not asked about in time."""


class CheckIsOver(ValueError):
    """The check was passed or failed before."""


class NumberTaken(Exception):
    """There is another check with the same outer_order_no."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Who the app says is holding the phone, and where to send him afterwards."""

    outer_order_no: str
    name: str = field(repr=False)
    identity_number: str = field(repr=False)
    return_url: str

    def is_about(self, person: Person) -> bool:
        return (person.name, person.identity_number) == (self.name, self.identity_number)


@dataclass(slots=True)
class Check:
    claim: Claim
    until: float
    outcome: Outcome = Outcome.OPEN


@dataclass(slots=True)
class CheckBook:
    """Checks by certify id. They are forgotten when they have been expired for as long again."""

    life_seconds: float
    clock: Clock
    _checks: dict[str, Check] = field(default_factory=dict)
    _numbers: set[str] = field(default_factory=set)

    def open(self, claim: Claim) -> str:
        """
        The id of a new check.

        :raises NumberTaken: when the claim's outer_order_no is not new
        """
        self._forget()
        if claim.outer_order_no in self._numbers:
            raise NumberTaken
        certify_id = secrets.token_hex(16)
        self._checks[certify_id] = Check(claim, self.clock() + self.life_seconds)
        self._numbers.add(claim.outer_order_no)
        return certify_id

    def get(self, certify_id: str) -> Check:
        """
        The check of an id.

        :raises CheckExpired: when it has
        :raises LookupError: when there is no such check
        """
        check = self._checks.get(certify_id)
        if check is None:
            raise LookupError(f"certifyId {certify_id}")
        if check.until <= self.clock():
            raise CheckExpired(f"certifyId {certify_id} any more")
        return check

    def face(self, certify_id: str, person: Person | None) -> Outcome:
        """
        Somebody shows his face; None is a stranger.

        :raises LookupError: when there is no such check
        :raises CheckIsOver: when it is
        """
        genuine = person is not None and self.get(certify_id).claim.is_about(person)
        return self.end(certify_id, Outcome.PASSED if genuine else Outcome.SOMEBODY_ELSE)

    def end(self, certify_id: str, outcome: Outcome) -> Outcome:
        """
        Give a check its outcome.

        :raises LookupError: when there is no such check
        :raises CheckIsOver: when it is
        """
        check = self.get(certify_id)
        if check.outcome in _OVER:
            raise CheckIsOver("this check is over")
        check.outcome = outcome
        return outcome

    def _forget(self) -> None:
        since = self.clock() - self.life_seconds
        # All live equally long, so the oldest are the first to go.
        while self._checks and next(iter(self._checks.values())).until <= since:
            gone = self._checks.pop(next(iter(self._checks)))
            self._numbers.discard(gone.claim.outer_order_no)
