"""
What the rulebook costs: 1,000 violations judged, quoted and given their time limits, one core.

    python -m benchmarks.rules

Prints the best of five rounds of each in milliseconds; ends with 1 if judging takes above 20.
"""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from domain.codes import load_codes
from domain.freshness import Freshness, FreshnessState
from domain.law.cases import (
    Case,
    Counts,
    LicenceFacts,
    PersonFacts,
    Relation,
    VehicleFacts,
    ViolationFacts,
)
from domain.law.eligibility import eligibility
from domain.law.workdays import load_calendar
from domain.letters import LicenceStatus, VehicleUse
from domain.money import Money
from domain.plates import Plate, PlateType
from domain.principals import VerificationLevel
from domain.records import Agency
from domain.rules.library import load_rulebook
from domain.times import legal_day
from domain.violations import CaptureKind, Violation, ViolationStatus
from services.law import LawService

COUNT = 1000
ROUNDS = 5
MOST_MS = 20.0
NOW = datetime(2026, 11, 2, 4, tzinfo=UTC)
PLATE = Plate(PlateType.SMALL_VEHICLE, "渝A12345")
CODES = ("1039", "1208", "1301", "1344", "1625", "1352A", "10393", "9999")
AGENCY = Agency("500103000000", "渝中区支队")
FRESH = Freshness(FreshnessState.FRESH, NOW)


def violation(number: int) -> Violation:
    """One of a thousand: some decided, over two years, of codes old and new."""
    occurred_at = NOW - timedelta(hours=number * 17 % 17_000)
    return Violation(
        id=UUID(int=number),
        plate=PLATE,
        capture=CaptureKind.CAMERA,
        code=CODES[number % len(CODES)],
        occurred_at=occurred_at,
        place="长江一路",
        agency=AGENCY,
        fine=Money(5000 * (number % 6)) if number % 3 else None,
        points=number % 4 if number % 3 else None,
        record_handled=number % 2 == 0,
        decided_at=occurred_at + timedelta(days=3) if number % 2 == 0 else None,
    )


def case(of: Violation, law: LawService) -> Case:
    """The violation as its owner's own."""
    penalty = law.penalty(of)
    return Case(
        person=PersonFacts(VerificationLevel.FACE, identity_known=True, name_matches=True),
        licence=LicenceFacts(
            frozenset({"C1"}), (LicenceStatus.NORMAL,), NOW.date() - timedelta(days=4000), 3, None
        ),
        vehicle=VehicleFacts(PLATE, VehicleUse.PRIVATE, "K33", Relation.OWNER),
        grant=None,
        violation=ViolationFacts(
            id=of.id,
            capture=of.capture,
            occurred_at=of.occurred_at,
            found_on=legal_day(of.occurred_at),
            agency=of.agency,
            fine=penalty.fine,
            points=penalty.points,
            status=ViolationStatus.UNHANDLED if not of.is_decided else ViolationStatus.DECIDED,
            decision_number=None,
            handled_elsewhere=False,
            coercive_measure=False,
            proceedings=(),
        ),
        counts=Counts(frozenset(), 1, suspended=False),
        freshness=FRESH,
        now=NOW,
    )


def best(work: Callable[[], object]) -> float:
    """Milliseconds of the fastest round."""
    spent = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
    return min(spent) * 1000


def main() -> int:
    """Measure and tell."""
    law = LawService(load_rulebook("chongqing"), load_calendar(), load_codes("重庆"), lambda: NOW)
    rules = law.rules()
    violations = [violation(number) for number in range(COUNT)]
    cases = [case(one, law) for one in violations]
    work: dict[str, Callable[[], object]] = {
        "penalty": lambda: [law.penalty(one) for one in violations],
        "eligibility": lambda: [eligibility(one, rules) for one in cases],
        "quote": lambda: [law.quote(one, NOW) for one in violations],
        "deadlines": lambda: [law.deadlines(one) for one in violations],
    }
    measured = {name: best(one) for name, one in work.items()}
    for name, ms in measured.items():
        sys.stdout.write(f"{name:12} {ms:7.1f} ms for {COUNT} violations\n")
    return int(measured["eligibility"] > MOST_MS)


if __name__ == "__main__":
    sys.exit(main())
