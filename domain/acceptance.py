"""Accepting violations: what is shown beforehand, and what of it is confirmed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson

from domain.failures import BadRequest
from domain.law.points import Forecast
from domain.law.scoring import ONE_DAY
from domain.law.time_limits import Deadlines
from domain.money import NOTHING, Money
from domain.records import PaidMark
from domain.rules.values import Rules
from domain.texts import Text
from domain.times import start_of
from domain.violations import CaptureKind, Violation

# Points and a fine are taken for a person: whoever picks up an unlocked phone must not be able to.
# Long enough to read what is confirmed, as short as banks keep it.
FACE_IS_RECENT = timedelta(minutes=10)
MOST_VIOLATIONS = 20


@dataclass(frozen=True, slots=True)
class Outcome:
    """The decision that came of accepting a violation."""

    decision_number: str
    check_character: str | None
    decided_at: datetime
    fine: Money
    points: int


@dataclass(frozen=True, slots=True)
class PreviewItem:
    """One violation as it would be decided. `draft`: its decision, without number and day."""

    violation: Violation
    fine: Money
    points: int
    draft: str = field(repr=False)
    deadlines: Deadlines


@dataclass(frozen=True, slots=True)
class Preview:
    """
    Everything that somebody is shown before they accept.

    :ivar citizen_digest: whose preview it is
    :ivar on: the legal day whose rules it follows
    :ivar text_version: of the template of the decisions
    """

    citizen_digest: bytes = field(repr=False)
    on: date
    text_version: str
    items: tuple[PreviewItem, ...]
    forecast: Forecast

    @property
    def fine(self) -> Money:
        """The fines of all."""
        return Money(sum(item.fine.fen for item in self.items))

    @property
    def points(self) -> int:
        """The points of all."""
        return sum(item.points for item in self.items)

    @property
    def valid_until(self) -> datetime:
        """The next midnight in China: another day's rules may be others."""
        return start_of(self.on + ONE_DAY)

    @property
    def hash(self) -> str:
        """SHA-256 over everything that counts in law; the order of the violations does not."""
        shown = {
            "citizen": self.citizen_digest.hex(),
            "on": self.on,
            "text_version": self.text_version,
            "items": sorted(
                ({"id": item.violation.id.hex, **_counting(item)} for item in self.items),
                key=lambda one: str(one["id"]),
            ),
            "forecast": self.forecast,
        }
        return sha256(orjson.dumps(shown, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _counting(item: PreviewItem) -> Mapping[str, Any]:
    return {
        "record_number": item.violation.record_number,
        "code": item.violation.code,
        "occurred_at": item.violation.occurred_at,
        "fine": item.fine.fen,
        "points": item.points,
        "text": item.draft,
        "deadlines": item.deadlines,
    }


def check_ids(violation_ids: Sequence[UUID]) -> None:
    """
    Refuse what no client should send.

    :raises BadRequest: for none, too many, or the same one twice
    """
    if not violation_ids:
        raise BadRequest("no_ids")
    if len(violation_ids) > MOST_VIOLATIONS:
        raise BadRequest("too_many_ids", limit=str(MOST_VIOLATIONS))
    if len(set(violation_ids)) < len(violation_ids):
        raise BadRequest("repeated_id")


def with_outcome(violation: Violation, outcome: Outcome) -> Violation:
    """The violation as it is after the decision, also while the register does not show it yet."""
    if violation.decision_number == outcome.decision_number:
        check = violation.check_character or outcome.check_character
        return replace(violation, check_character=check)
    nothing = outcome.fine == NOTHING
    return replace(
        violation,
        record_handled=True,
        record_paid=PaidMark.NOTHING_TO_PAY if nothing else PaidMark.UNPAID,
        fine=outcome.fine,
        points=outcome.points,
        decision_number=outcome.decision_number,
        check_character=outcome.check_character,
        decided_at=outcome.decided_at,
        deciding_agency=violation.agency,
    )


def rights(rules: Rules) -> tuple[Text, ...]:
    """What must be told before anything is decided (penalty law, art. 44 and 45), with periods."""
    days, months = rules.reconsider_days, rules.litigate_months
    court = Text(
        f"也可以自收到决定之日起 {months} 个月内直接向人民法院提起行政诉讼"
        "（行政诉讼法第四十六条）。",
        f"You may also go to court directly, within {months} months of receiving the decision"
        " (litigation law, art. 46).",
    )
    if CaptureKind.CAMERA in rules.reconsider_first_kinds:
        later = rules.litigate_days_after_reconsideration
        court = Text(
            f"须先申请行政复议；对复议决定不服的，可以自收到之日起 {later} 日内向人民法院起诉"
            "（行政复议法第二十三条）。",
            f"A court hears the case only after reconsideration, within {later} days of its"
            " decision (reconsideration law, art. 23).",
        )
    return (
        Text(
            "您有权陈述和申辩，也可以对记录提出异议；处罚不会因申辩而加重（行政处罚法第四十五条）。",
            "You have the right to state your case and to defend yourself, and may object to the"
            " record. Nothing gets heavier because of it (penalty law, art. 45).",
        ),
        Text(
            f"不服处罚决定的，可以自收到之日起 {days} 日内申请行政复议（行政复议法第二十条）。",
            f"Against the decision you may apply for reconsideration within {days} days of"
            " receiving it (reconsideration law, art. 20).",
        ),
        court,
    )
