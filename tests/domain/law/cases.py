"""Cases and rules that allow; tests change one thing in them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from domain.freshness import Freshness, FreshnessState
from domain.law.cases import (
    UNTIL_RELEASED,
    Case,
    Counts,
    DecisionFacts,
    GrantFacts,
    LicenceFacts,
    PaymentCase,
    PersonFacts,
    Relation,
    VehicleFacts,
    ViolationFacts,
)
from domain.letters import LicenceStatus, VehicleUse
from domain.money import Money
from domain.plates import Plate, PlateType
from domain.principals import VerificationLevel
from domain.records import Agency
from domain.rules.values import PointsLimit, Rules
from domain.times import CHINA
from domain.violations import CaptureKind, ViolationStatus
from tests.domain.law.city import NATIONAL

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=CHINA)
TODAY = date(2026, 11, 22)
OWN = Plate(PlateType.SMALL_VEHICLE, "渝A12345")
FRESH = Freshness(FreshnessState.FRESH, NOW.astimezone(UTC))

BELOW_12 = PointsLimit(12, inclusive=False)
UP_TO_12 = PointsLimit(12, inclusive=True)
UP_TO_11 = PointsLimit(11, inclusive=True)


def rules(**changes: Any) -> Rules:
    """Rules that resemble those of the national platform, but for the changes."""
    others = frozenset({PlateType.SMALL_VEHICLE, PlateType.SMALL_NEW_ENERGY})
    return replace(NATIONAL, **{"handle_other_plate_types": others} | changes)


def violation(**changes: Any) -> ViolationFacts:
    """A camera record of three points and 150 yuan, three weeks old."""
    facts: dict[str, Any] = {
        "id": UUID(int=1),
        "capture": CaptureKind.CAMERA,
        "occurred_at": NOW - timedelta(days=21),
        "found_on": None,
        "agency": Agency("500101000000", "重庆市公安局交巡警总队"),
        "fine": Money(15000),
        "points": 3,
        "status": ViolationStatus.UNHANDLED,
        "decision_number": None,
        "handled_elsewhere": False,
        "coercive_measure": False,
        "proceedings": (),
    }
    return ViolationFacts(**facts | changes)


def licence(**changes: Any) -> LicenceFacts:
    """A C1 licence of many years without points."""
    facts: dict[str, Any] = {
        "classes": frozenset({"C1"}),
        "statuses": (LicenceStatus.NORMAL,),
        "first_licensed_on": date(2015, 5, 4),
        "points": 0,
        "cycle_ends_on": None,
    }
    return LicenceFacts(**facts | changes)


def case(**changes: Any) -> Case:
    """An owner with a small car: allowed."""
    parts: dict[str, Any] = {
        "person": PersonFacts(VerificationLevel.FACE, identity_known=True, name_matches=True),
        "licence": licence(),
        "vehicle": VehicleFacts(OWN, VehicleUse.PRIVATE, None, Relation.OWNER),
        "grant": None,
        "violation": violation(),
        "counts": Counts(frozenset(), 1, suspended=False),
        "freshness": FRESH,
        "now": NOW,
    }
    return Case(**parts | changes)


def granted(**changes: Any) -> Case:
    """Somebody with the owner's permission for a small car since July: allowed."""
    parts: dict[str, Any] = {
        "vehicle": VehicleFacts(OWN, VehicleUse.PRIVATE, None, Relation.GRANTED),
        "grant": GrantFacts(
            starts_on=date(2026, 7, 1),
            ends_on=UNTIL_RELEASED,
            owner_is_user=True,
            active=1,
            owners_ever=1,
            chances_this_year=1,
            followers_of_vehicle=1,
        ),
    }
    return case(**parts | changes)


def but(before: Case, part: str, **changes: Any) -> Case:
    """The case with one of its parts changed; `part` is empty for the case itself."""
    if not part:
        return replace(before, **changes)
    return replace(before, **{part: replace(getattr(before, part), **changes)})


def payment(**changes: Any) -> PaymentCase:
    """A decided fine of 150 yuan that anybody can pay."""
    parts: dict[str, Any] = {
        "decision": DecisionFacts(
            ViolationStatus.DECIDED, Agency("500101000000", None), Money(15000)
        ),
        "issued_at": None,
        "paying_elsewhere": False,
        "proceedings": (),
        "quoted": None,
        "freshness": FRESH,
        "now": NOW,
    }
    return PaymentCase(**parts | changes)
