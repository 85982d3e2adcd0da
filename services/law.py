"""What the city's rulebook says about violations: amounts, days, points."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from domain.codes import CodeTable
from domain.law.penalties import Penalty, penalty_for
from domain.law.points import Forecast, forecast
from domain.law.surcharge import Quote, quote
from domain.law.time_limits import CaseFacts, Deadlines, deadlines
from domain.law.workdays import WorkCalendar
from domain.records import PaidMark
from domain.rules.book import Rulebook, RuleInForce
from domain.rules.values import Rules
from domain.times import Clock, legal_day
from domain.violations import OWED, Violation, ViolationStatus
from services.licences import HeldLicence


@dataclass(frozen=True, slots=True)
class LawService:
    """Applies the law of fines to what the register says. Asks nobody."""

    rulebook: Rulebook
    calendar: WorkCalendar
    codes: CodeTable
    clock: Clock

    def rules(self, day: date | None = None) -> Rules:
        """The rules of a legal day, else of today."""
        return self.rulebook.on(day or legal_day(self.clock()))

    def rule(self, key: str, day: date | None) -> RuleInForce:
        """
        One rule as it is in force on a day, else today.

        :raises UnknownRule: if there is none of that key
        """
        return self.rulebook.explain(key, day or legal_day(self.clock()))

    def every_key(self) -> tuple[str, ...]:
        """The keys of all rules, in the order of the catalogue."""
        return self.rulebook.keys()

    def penalty(self, violation: Violation) -> Penalty:
        """
        What a violation costs if it is accepted now, or as it was decided.

        While nothing is decided, amounts that are just the law's of the day of the act follow the
        law: if it has become milder since, so do they (penalty law, art. 37).
        """
        occurred_on = legal_day(violation.occurred_at)
        fine, points = violation.fine, violation.points
        if not violation.is_decided:
            law = self.codes.find(violation.code, occurred_on)
            fine = None if law is not None and fine == law.fine else fine
            points = None if law is not None and points == law.points else points
        return penalty_for(
            violation.code,
            occurred_on,
            legal_day(violation.decided_at or self.clock()),
            self.codes,
            self.rules(),
            agency=violation.agency.code,
            recorded_fine=fine,
            recorded_points=points,
            is_warning=violation.paid is PaidMark.NOTHING_TO_PAY,
        )

    def quote(self, violation: Violation, at: datetime | None) -> Quote | None:
        """
        What is owed for a violation at an instant, else now.

        None if nothing is owed any more, or the agency sets the amount. The decision counts as
        received on the day it was made: the register tells no other.
        """
        return self.owed(violation, self.penalty(violation), at or self.clock())

    def owed(self, violation: Violation, penalty: Penalty, instant: datetime) -> Quote | None:
        """The same, with what the violation costs at hand."""
        principal = penalty.fine
        if violation.status not in OWED or principal is None:
            return None
        received_on = _decided_on(violation)
        return quote(principal, received_on, instant, (), self.rules(), self.calendar)

    def deadlines(self, violation: Violation) -> Deadlines:
        """Until when what can be done about a violation, as far as the register tells."""
        facts = CaseFacts(
            occurred_on=legal_day(violation.occurred_at),
            capture=violation.capture,
            decided_on=_decided_on(violation),
            received_on=_decided_on(violation),
            nothing_to_pay=violation.status is ViolationStatus.NOTHING_TO_PAY,
        )
        return deadlines(facts, self.rulebook.on, self.calendar)

    def forecast(self, licence: HeldLicence, accepted: Sequence[Violation]) -> Forecast | None:
        """
        What the licence's points come to when these violations are accepted today.

        None while the points, the cycle, or what one of the violations costs is unknown.
        """
        added = [self.penalty(violation).points for violation in accepted]
        if licence.cycle is None or licence.points is None or None in added:
            return None
        known = sum(points for points in added if points is not None)
        return forecast(licence.points, known, licence.cycle, self.rules())


def _decided_on(violation: Violation) -> date | None:
    if violation.decided_at is None or not violation.is_decided:
        return None
    return legal_day(violation.decided_at)
