"""Eligibility in general: nothing unknown or bad ever helps, and a second opinion agrees."""

from datetime import date, datetime, time, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.freshness import UNKNOWN, Freshness, FreshnessState
from domain.law.cases import Case, NoLicence, Proceeding, ProceedingKind, Relation
from domain.law.eligibility import eligibility
from domain.letters import LicenceStatus, VehicleUse
from domain.money import Money
from domain.plates import Plate, PlateType
from domain.principals import VerificationLevel
from domain.records import Agency
from domain.refusal_texts import (
    refusal_legal_basis,
    refusal_message,
    refusal_next_step,
    refusal_read_aloud,
)
from domain.rules.values import Hours, Rules
from domain.texts import Language
from domain.times import CHINA
from domain.violations import CaptureKind, ViolationStatus
from tests.domain.law.cases import (
    BELOW_12,
    FRESH,
    NOW,
    TODAY,
    UP_TO_11,
    UP_TO_12,
    but,
    case,
    granted,
    licence,
    rules,
)
from tests.domain.law.oracle import reasons

PLATES = {
    plate_type: Plate(PlateType(plate_type), "渝A12345") for plate_type in ("01", "02", "07", "52")
}
STRANGERS = frozenset(Plate(PlateType.SMALL_VEHICLE, f"渝C0000{n}") for n in range(4))
A_DAY = timedelta(days=1)

# Facts by the part of the case they belong to: answers of every kind, None where it means unknown.
FACTS: dict[tuple[str, str], list[Any]] = {
    ("", "licence"): [licence(), NoLicence(), None],
    ("", "vehicle"): [None],
    ("", "grant"): [None, granted().grant],
    ("", "freshness"): [FRESH, UNKNOWN, Freshness(FreshnessState.STALE, NOW - A_DAY)],
    ("", "now"): [NOW, NOW.replace(hour=3), NOW + 300 * A_DAY],
    ("person", "verification"): list(VerificationLevel),
    ("person", "identity_known"): [True, False],
    ("person", "name_matches"): [True, False, None],
    ("licence", "classes"): [
        frozenset(one.split()) for one in ("C1", "C1 D", "C2", "C5", "B2", "A1", "E", "D", "")
    ],
    ("licence", "statuses"): [
        (),
        (LicenceStatus.NORMAL,),
        (LicenceStatus.NORMAL, LicenceStatus.VIOLATION_UNHANDLED),
        (LicenceStatus.OVER_POINTS, LicenceStatus.RENEWAL_OVERDUE),
        (LicenceStatus.UNKNOWN,),
    ],
    ("licence", "first_licensed_on"): [date(2015, 5, 4), date(2026, 11, 1), TODAY, None],
    ("licence", "points"): [0, 3, 9, 11, 12, 13, None],
    ("licence", "cycle_ends_on"): [date(2027, 5, 3), None],
    ("vehicle", "plate"): list(PLATES.values()),
    ("vehicle", "use"): [VehicleUse.PRIVATE, VehicleUse.TAXI, None],
    ("vehicle", "type_code"): ["K33", "H11", "K11", "M21", None],
    ("vehicle", "relation"): list(Relation),
    ("grant", "starts_on"): [date(2026, 1, 1), date(2026, 11, 1), TODAY, TODAY + A_DAY],
    ("grant", "ends_on"): [TODAY, TODAY - A_DAY, date.max],
    ("grant", "owner_is_user"): [True, False],
    ("grant", "active"): [1, 3, 4],
    ("grant", "owners_ever"): [5, 6],
    ("grant", "chances_this_year"): [3, 4],
    ("grant", "followers_of_vehicle"): [3, 4],
    ("violation", "capture"): list(CaptureKind),
    ("violation", "occurred_at"): [
        NOW - 21 * A_DAY,
        datetime(2026, 11, 1, tzinfo=CHINA),
        datetime(2026, 10, 31, 23, 59, 59, tzinfo=CHINA),
        datetime(2024, 11, 22, tzinfo=CHINA),
        datetime(2024, 11, 21, 23, 59, 59, tzinfo=CHINA),
        datetime(2024, 2, 29, tzinfo=CHINA),
    ],
    ("violation", "found_on"): [date(2026, 2, 28), date(2026, 11, 1), None],
    ("violation", "agency"): [
        Agency(code, None) for code in ("500101000000", "510000000000", None)
    ],
    ("violation", "fine"): [Money(0), Money(20000), Money(20001), None],
    ("violation", "points"): [0, 1, 3, 6, 9, 12, None],
    ("violation", "status"): list(ViolationStatus),
    ("violation", "handled_elsewhere"): [True, False, None],
    ("violation", "coercive_measure"): [True, False, None],
    ("violation", "proceedings"): [
        (),
        None,
        *((Proceeding(kind),) for kind in ProceedingKind),
        (Proceeding(ProceedingKind.DEFERRAL, until=TODAY - A_DAY),),
        (Proceeding(ProceedingKind.DEFERRAL, until=TODAY),),
    ],
    ("counts", "other_plates"): [frozenset(), STRANGERS, frozenset(list(STRANGERS)[:3]), None],
    ("counts", "drivers_of_vehicle"): [1, 3, 4, None],
    ("counts", "suspended"): [True, False, None],
}
NULLABLE = {fact: values for fact, values in FACTS.items() if None in values}

SETTINGS: dict[str, list[Any]] = {
    "handle_points_after": [BELOW_12, UP_TO_12, UP_TO_11],
    "handle_max_points_single": [None, 6],
    "handle_large_class_points": [True, False],
    "handle_after_full_other_vehicles": [True, False],
    "handle_licence_status_ok": [
        frozenset(LicenceStatus),
        frozenset({LicenceStatus.NORMAL, LicenceStatus.VIOLATION_UNHANDLED}),
    ],
    "handle_vehicle_type_class_fit": [True, False],
    "handle_violation_after_first_issue": [True, False],
    "handle_other_vehicle_after_filing": [True, False],
    "handle_own_plate_types": [None, frozenset({PlateType.SMALL_VEHICLE})],
    "handle_own_vehicle_uses": [None, frozenset({VehicleUse.PRIVATE})],
    "handle_other_plate_types": [None, frozenset({PlateType.SMALL_VEHICLE})],
    "handle_other_vehicle_points": [True, False],
    "handle_agencies": [None, ("5001", "5002")],
    "handle_capture_kinds": [frozenset(CaptureKind), frozenset({CaptureKind.CAMERA})],
    "grant_chances_per_year": [None, 3],
    "grant_expiry_days": [None, 90],
    "hours_handle": [Hours(time(0), time(0)), Hours(time(8), time(18))],
}


def changed(before: Case, fact: tuple[str, str], value: Any) -> Case:
    """The case with another fact; of a part that is missing, nothing can change."""
    part, name = fact
    if part and not hasattr(getattr(before, part), name):
        return before
    return but(before, part, **{name: value})


@st.composite
def cases(draw: st.DrawFn) -> Case:
    one = draw(st.sampled_from([case(), granted()]))
    for fact in draw(st.lists(st.sampled_from(sorted(FACTS)), max_size=4)):
        one = changed(one, fact, draw(st.sampled_from(FACTS[fact])))
    return one


@st.composite
def cities(draw: st.DrawFn) -> Rules:
    names = draw(st.lists(st.sampled_from(sorted(SETTINGS)), max_size=4, unique=True))
    return rules(**{name: draw(st.sampled_from(SETTINGS[name])) for name in names})


@settings(max_examples=1500, deadline=None)
@given(one=cases(), city=cities())
def test_a_second_opinion_agrees(one: Case, city: Rules) -> None:
    assert {refusal.code.value for refusal in eligibility(one, city)} == reasons(one, city)


@settings(max_examples=300, deadline=None)
@given(one=cases(), city=cities())
def test_what_is_unknown_allows_no_more_than_any_answer(one: Case, city: Rules) -> None:
    for fact, answers in NULLABLE.items():
        if eligibility(changed(one, fact, None), city) == ():
            for answer in _possible(fact, answers, one):
                assert eligibility(changed(one, fact, answer), city) == (), (fact, answer)


def _possible(fact: tuple[str, str], answers: list[Any], one: Case) -> list[Any]:
    """Only what can be: a small car's plate stands on no large truck; the police learn nothing
    tomorrow of what is asked today."""
    if fact == ("vehicle", "type_code"):
        plate = getattr(one.vehicle, "plate", PLATES["02"])
        on_plate = {"01": ["H11", "K11"], "02": ["K33"], "07": ["M21"], "52": ["K33"]}
        return list(on_plate[plate.plate_type.value])
    if fact == ("violation", "found_on"):
        return [day for day in answers if day is not None and day <= one.now.date()]
    return answers


BAD: list[tuple[tuple[str, str], Any]] = [
    (("", "licence"), NoLicence()),
    (("", "freshness"), UNKNOWN),
    (("", "vehicle"), None),
    (("person", "identity_known"), False),
    (("person", "verification"), VerificationLevel.NONE),
    (("violation", "fine"), Money(20001)),
    (("violation", "points"), 13),
    (("violation", "handled_elsewhere"), True),
    (("violation", "coercive_measure"), True),
    (("violation", "proceedings"), (Proceeding(ProceedingKind.OBJECTION),)),
    (("counts", "suspended"), True),
    (("counts", "drivers_of_vehicle"), 4),
    (("counts", "other_plates"), STRANGERS),
    *((("violation", "status"), gone) for gone in list(ViolationStatus)[1:]),
]


@settings(max_examples=500, deadline=None)
@given(one=cases(), city=cities(), worse=st.sampled_from(BAD))
def test_a_refusing_fact_never_helps(one: Case, city: Rules, worse: Any) -> None:
    fact, value = worse
    with_licence = but(one, "", licence=licence()) if one.licence is None else one

    for before in (one, with_licence):
        told = eligibility(changed(before, fact, value), city)
        assert told or fact == ("violation", "points"), (fact, value)
        assert told or eligibility(before, city) == ()


@settings(max_examples=500, deadline=None)
@given(one=cases(), city=cities(), more=st.integers(1, 12), fen=st.integers(1, 30000))
def test_more_points_or_a_higher_fine_never_help(
    one: Case, city: Rules, more: int, fen: int
) -> None:
    if eligibility(one, city) == ():
        return
    points, fine = one.violation.points, one.violation.fine
    before = getattr(one.licence, "points", None)
    for fact, value in (
        (("violation", "points"), None if points is None else points + more),
        (("violation", "fine"), None if fine is None else Money(fine.fen + fen)),
        (("licence", "points"), None if before is None else before + more),
    ):
        assert eligibility(changed(one, fact, value), city) != ()


@settings(max_examples=500, deadline=None)
@given(one=cases(), city=cities(), language=st.sampled_from(Language))
def test_whatever_is_told_can_be_said(one: Case, city: Rules, language: Language) -> None:
    for refusal in eligibility(one, city):
        said = (
            refusal_message(refusal, language),
            refusal_next_step(refusal, language),
            refusal_read_aloud(refusal, language),
            refusal_legal_basis(refusal, language),
        )
        assert all(said)
        assert "{" not in "".join(one for one in said if one)
