"""How records become violations: joined, refreshed, never lost."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.merging import EMPTY_ANSWER_BELIEVED_AFTER
from domain.money import NOTHING, Money
from domain.plates import Plate, PlateType
from domain.records import Agency, CameraRecord, CaptureMethod, DecisionRecord, PaidMark
from domain.records import RecordChange as Change
from domain.violations import NOBODY, CaptureKind, DecisionStatus, Violation, ViolationStatus
from tests.domain.records import (
    ACT,
    DECISION,
    DRIVER,
    ITEM,
    NOW,
    NUMBER,
    PLATE,
    POLICE,
    Story,
    camera,
    decision,
    digest,
    statuses,
)

OTHER = "500101190000002"
OTHER_ITEM = "5001012026119000000021"
DAY = timedelta(days=1)
LATER = ACT + 30 * DAY


def handled(**changed: Any) -> CameraRecord:
    return camera(
        **{
            "handled": True,
            "handled_at": ACT + 3 * DAY,
            "handling_agency": POLICE,
            "decision_number": DECISION,
            "violation_number": ITEM,
            "updated_at": ACT + 3 * DAY,
        }
        | changed
    )


# --- one record alone ---------------------------------------------------------------------------


def test_a_camera_record_is_one_violation() -> None:
    row = Story().cameras(camera(measured="72", limit="60")).only

    assert row == Violation(
        id=row.id,
        plate=PLATE,
        capture=CaptureKind.CAMERA,
        record_number=NUMBER,
        violation_number=None,
        code="1625",
        occurred_at=ACT,
        place_code="10101",
        place="中山路口",
        agency=POLICE,
        capture_method=CaptureMethod.RED_LIGHT,
        measured="72",
        limit="60",
        fine=Money(20000),
        points=6,
        record_handled=False,
        record_paid=PaidMark.UNPAID,
        record_deleted=False,
        record_updated_at=ACT,
        missing_since=None,
        decision_number=None,
        check_character=None,
        decided_at=None,
        deciding_agency=NOBODY,
        surcharge=None,
        paid_on=None,
        decision_paid=None,
        decision_annulled=False,
        decision_updated_at=None,
        driver_digest=None,
    )


def test_a_decision_alone_was_made_on_the_scene() -> None:
    row = Story().decisions(decision()).only

    assert row.capture is CaptureKind.ON_SCENE
    assert (row.record_number, row.record_paid) == (None, None)
    assert (row.decision_number, row.check_character) == (DECISION, "8")
    assert row.driver_digest == digest(DRIVER)
    assert row.status is ViolationStatus.DECIDED


# --- a camera record and its decision are one ---------------------------------------------------

BARE: dict[str, Any] = {"decision_number": None, "violation_number": None}
PAIRS: dict[str, tuple[CameraRecord, DecisionRecord]] = {
    "jdsbh": (handled(violation_number=None, place="甲"), decision(place="乙", plate=None)),
    "jdsbh, wfbh": (handled(place="甲"), decision(place="乙")),
    "wfbh": (handled(decision_number=None, place="甲"), decision(place="乙")),
    "act": (handled(**BARE), decision()),
    "act, no place": (handled(**BARE), decision(place=None)),
    "act, no number": (handled(**BARE), decision(violation_number=None)),
    "act, no xh": (handled(**BARE, record_number=None), decision()),
    "wfbh, no xh": (handled(record_number=None, place="甲"), decision(place="乙")),
}


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
@pytest.mark.parametrize("camera_first", [True, False])
def test_both_records_are_one_violation(
    pair: tuple[CameraRecord, DecisionRecord], camera_first: bool
) -> None:
    record, paper = pair
    story = Story()
    if camera_first:
        story.cameras(record).decisions(paper)
    else:
        story.decisions(paper).cameras(record)
    row = story.only

    assert row.capture is CaptureKind.CAMERA
    assert row.plate == PLATE
    assert (row.decision_number, row.check_character) == (DECISION, "8")
    assert (row.record_paid, row.decision_paid) == (PaidMark.UNPAID, PaidMark.UNPAID)
    assert row.status is ViolationStatus.DECIDED
    again = Story([row]).cameras(record).decisions(paper).only
    assert again == row


@pytest.mark.parametrize(
    "changed",
    [
        {"occurred_at": ACT + timedelta(minutes=1)},
        {"code": "1344"},
        {"place": "别处"},
        {"plate": Plate(PlateType.MOTORCYCLE, "渝A12345")},
        {"plate": None},
    ],
)
def test_what_differs_is_another_act(changed: dict[str, Any]) -> None:
    story = Story().cameras(camera()).decisions(decision(**changed))

    assert len(story.known) == 2


def test_two_numbers_are_two_acts() -> None:
    story = Story().cameras(camera(), camera(record_number="5001017900000002"))

    assert len(story.known) == 2
    assert len(Story().cameras(handled(), handled(record_number="2", **_other())).known) == 2


def test_several_items_of_one_decision_are_several_violations() -> None:
    belt = {"code": "1101", "violation_number": OTHER_ITEM, "points": 1, "fine": Money(5000)}
    story = Story().cameras(camera()).decisions(decision(), decision(**belt))

    assert {row.code for row in story.known} == {"1625", "1101"}
    assert {row.decision_number for row in story.known} == {DECISION}
    before = sorted(story.known, key=lambda row: row.id)
    story.decisions(decision(**belt), decision())
    assert sorted(story.known, key=lambda row: row.id) == before


def test_the_number_is_stronger_than_the_act() -> None:
    """A row that only looks alike must not take the record of another: its number is unique."""
    record = handled(place="甲")
    alone = Story().decisions(decision(place="乙", violation_number=None)).only
    story = Story().cameras(camera(place="甲"))
    camera_row = story.only
    story.known = [alone, camera_row]

    story.cameras(record)

    numbers = {row.id: row.record_number for row in story.known}
    assert numbers == {alone.id: None, camera_row.id: NUMBER}


# --- re-sent rows -------------------------------------------------------------------------------


def test_a_newer_row_replaces_what_the_register_corrected() -> None:
    moved: dict[str, Any] = {
        "code": "1344",
        "occurred_at": ACT + timedelta(minutes=5),
        "place": "别处",
    }
    story = Story().cameras(camera())
    first = story.only

    row = story.cameras(camera(**moved, fine=Money(10000), points=1, updated_at=LATER)).only

    assert row == replace(
        first,
        **moved,
        fine=Money(10000),
        points=1,
        record_updated_at=LATER,
    )


def test_an_older_row_changes_nothing() -> None:
    story = Story().cameras(handled(paid=PaidMark.PAID, updated_at=LATER))
    before = story.only

    assert story.cameras(camera(updated_at=ACT)).only == before
    story.decisions(decision(paid=PaidMark.PAID, updated_at=LATER))
    before = story.only
    assert story.decisions(decision(paid=PaidMark.UNPAID)).only == before


def test_a_row_without_a_date_counts_as_new() -> None:
    story = Story().cameras(camera()).cameras(handled(updated_at=None))

    assert story.only.status is ViolationStatus.DECIDED
    assert story.only.record_updated_at == ACT


def test_a_missing_place_or_number_does_not_wipe_the_known_one() -> None:
    story = Story().cameras(handled())
    row = story.cameras(camera(place=None, record_number=None, updated_at=LATER)).only

    assert (row.place, row.record_number) == ("中山路口", NUMBER)
    assert (row.decision_number, row.violation_number) == (DECISION, ITEM)


def test_a_tombstone_is_a_state() -> None:
    story = Story().cameras(camera())
    first = story.only

    row = story.cameras(camera(change=Change.DELETED, updated_at=LATER)).only
    assert (row.id, row.status) == (first.id, ViolationStatus.WITHDRAWN)
    # Gone from the list afterwards, it stays withdrawn; come back, it is open.
    assert story.cameras(camera(record_number="2", occurred_at=LATER)).known[0].status is (
        ViolationStatus.WITHDRAWN
    )
    back = story.cameras(camera(change=Change.CHANGED, updated_at=LATER + DAY)).known[0]
    assert (back.id, back.status) == (first.id, ViolationStatus.UNHANDLED)


# --- vanished records, empty and incomplete answers ---------------------------------------------

SECOND = camera(record_number="5001017900000002", occurred_at=ACT + DAY)


def test_a_vanished_record_is_a_state() -> None:
    story = Story().cameras(camera(), SECOND).cameras(SECOND)

    assert statuses(story.known) == ["NO_LONGER_LISTED", "UNHANDLED"]
    [gone] = [row for row in story.known if row.missing_since]
    assert (gone.record_number, gone.missing_since) == (NUMBER, NOW)


def test_since_when_it_is_gone_stays() -> None:
    story = Story().cameras(camera(), SECOND).cameras(SECOND)
    story.now = NOW + DAY
    story.cameras(SECOND)

    assert {row.missing_since for row in story.known} == {None, NOW}


@pytest.mark.parametrize("record", [camera(), camera(updated_at=ACT - DAY)])
def test_what_is_listed_again_is_no_longer_gone(record: CameraRecord) -> None:
    story = Story().cameras(camera(), SECOND).cameras(SECOND).cameras(record, SECOND)

    assert statuses(story.known) == ["UNHANDLED", "UNHANDLED"]


def test_paid_stays_paid_when_it_is_gone() -> None:
    paid = handled(paid=PaidMark.PAID)
    story = Story().cameras(paid, SECOND).cameras(SECOND)

    assert statuses(story.known) == ["PAID", "UNHANDLED"]


@pytest.mark.parametrize(
    ("empty_for", "believed"),
    [
        (None, False),
        (timedelta(0), False),
        (EMPTY_ANSWER_BELIEVED_AFTER - timedelta(seconds=1), False),
        (EMPTY_ANSWER_BELIEVED_AFTER, True),
        (DAY, True),
    ],
)
def test_an_empty_answer_is_believed_the_second_time(
    empty_for: timedelta | None, believed: bool
) -> None:
    since = None if empty_for is None else NOW - empty_for
    story = Story().cameras(camera(), SECOND).cameras(empty_since=since)

    assert statuses(story.known) == (["NO_LONGER_LISTED"] if believed else ["UNHANDLED"]) * 2


@pytest.mark.parametrize("records", [(), (SECOND,)])
def test_an_incomplete_answer_makes_nothing_vanish(records: tuple[CameraRecord, ...]) -> None:
    story = Story().cameras(camera(), SECOND)

    story.cameras(*records, complete=False, empty_since=NOW - DAY)

    assert statuses(story.known) == ["UNHANDLED", "UNHANDLED"]


def test_a_list_of_camera_records_says_nothing_about_decisions_on_the_scene() -> None:
    story = Story().decisions(decision(code="1101")).cameras(camera())

    assert statuses(story.known) == ["DECIDED", "UNHANDLED"]


def test_decisions_that_are_not_told_of_stay() -> None:
    story = Story().cameras(handled()).decisions(decision())
    before = story.only

    assert story.decisions().only == before


# --- amounts ------------------------------------------------------------------------------------

FOREIGN = "5101017900000001"


@pytest.mark.parametrize(
    ("changed", "fine", "points"),
    [
        ({}, Money(20000), 6),
        # The table of our own province fills gaps of our own records only.
        ({"fine": None, "points": None}, "table", "table"),
        ({"fine": NOTHING, "points": None}, "table", "table"),
        ({"fine": None}, "table", 6),
        ({"fine": None, "points": None, "record_number": FOREIGN}, None, None),
        ({"fine": None, "points": None, "record_number": None}, None, None),
        ({"fine": NOTHING, "record_number": FOREIGN}, None, 6),
        ({"fine": None, "points": None, "code": "9999"}, None, None),
        ({"fine": NOTHING, "paid": PaidMark.NOTHING_TO_PAY}, NOTHING, 6),
        ({"points": 0}, Money(20000), 0),
    ],
)
def test_unknown_is_not_nothing(changed: dict[str, Any], fine: Any, points: Any) -> None:
    row = Story().cameras(camera(**changed)).only
    from_table = Story().cameras(camera(fine=None, points=None)).only

    assert from_table.points == 6
    assert from_table.fine != NOTHING
    assert row.fine == (from_table.fine if fine == "table" else fine)
    assert row.points == (from_table.points if points == "table" else points)


@pytest.mark.parametrize(
    ("changed", "fine"),
    [
        ({"fine": Money(15000)}, Money(15000)),
        ({"fine": None}, Money(20000)),
        ({"fine": NOTHING}, Money(20000)),
        ({"fine": NOTHING, "paid": PaidMark.NOTHING_TO_PAY}, NOTHING),
        ({"fine": None, "is_warning": True}, NOTHING),
    ],
)
@pytest.mark.parametrize("camera_first", [True, False])
def test_the_decision_sets_the_fine(
    changed: dict[str, Any], fine: Money, camera_first: bool
) -> None:
    story = Story()
    steps: list[Callable[[], Story]] = [
        lambda: story.cameras(handled()),
        lambda: story.decisions(decision(**changed)),
    ]
    for step in steps if camera_first else reversed(steps):
        step()

    assert story.only.fine == fine
    assert story.cameras(handled(fine=Money(99900), updated_at=LATER)).only.fine == fine


def test_nothing_to_pay() -> None:
    warning = decision(is_warning=True, fine=NOTHING, paid=PaidMark.NOTHING_TO_PAY)
    row = Story().cameras(handled(paid=PaidMark.NOTHING_TO_PAY, fine=NOTHING)).decisions(warning)

    assert row.only.status is ViolationStatus.NOTHING_TO_PAY
    assert row.only.fine == NOTHING


# --- payment ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "paper", "status"),
    [
        (PaidMark.UNPAID, PaidMark.UNPAID, ViolationStatus.DECIDED),
        (PaidMark.UNPAID, PaidMark.PAID, ViolationStatus.PAID),
        (PaidMark.PAID, PaidMark.UNPAID, ViolationStatus.PAID),
        (PaidMark.PAID, PaidMark.PAID, ViolationStatus.PAID),
        (PaidMark.UNPAID, PaidMark.NOTHING_TO_PAY, ViolationStatus.NOTHING_TO_PAY),
    ],
)
def test_marks_that_disagree(record: PaidMark, paper: PaidMark, status: ViolationStatus) -> None:
    story = Story().cameras(handled(paid=record)).decisions(decision(paid=paper))

    assert story.only.status is status


def test_handled_and_unpaid_for_weeks_while_the_surcharge_grows() -> None:
    story = Story().cameras(handled()).decisions(decision(surcharge=Money(600)))
    grown = decision(surcharge=Money(1200), updated_at=LATER)

    assert story.decisions(grown).only.surcharge == Money(1200)
    assert story.only.status is ViolationStatus.DECIDED


# --- annulled, and decided anew -----------------------------------------------------------------

ANNULLED = decision(change=Change.DELETED, updated_at=LATER)
ANEW = decision(
    decision_number=OTHER, violation_number=OTHER_ITEM, check_character=None, updated_at=LATER + DAY
)


def _other() -> dict[str, Any]:
    return {"decision_number": OTHER, "violation_number": OTHER_ITEM}


def test_an_annulled_decision_opens_the_record_again_once_the_register_says_so() -> None:
    story = Story().cameras(handled()).decisions(decision(paid=PaidMark.PAID), ANNULLED)
    assert (story.only.status, story.only.decision_status) == (
        ViolationStatus.WITHDRAWN,
        DecisionStatus.ANNULLED,
    )

    story.cameras(camera(updated_at=LATER))

    assert story.only.status is ViolationStatus.UNHANDLED
    assert story.only.decision_status is DecisionStatus.ANNULLED


def test_a_payment_for_an_annulled_decision_does_not_pay_the_open_record() -> None:
    paid_then_annulled = replace(ANNULLED, paid=PaidMark.PAID)
    story = Story().cameras(handled()).decisions(paid_then_annulled)

    assert story.cameras(camera(updated_at=LATER)).only.status is ViolationStatus.UNHANDLED


@pytest.mark.parametrize("papers", [(ANNULLED, ANEW), (ANEW, ANNULLED)])
@pytest.mark.parametrize("camera_first", [True, False])
def test_an_act_decided_anew_is_still_one_violation(
    papers: tuple[DecisionRecord, ...], camera_first: bool
) -> None:
    story = Story().cameras(handled()).decisions(decision())
    first = story.only
    again = handled(**_other(), updated_at=LATER + DAY)
    if camera_first:
        story.decisions(ANNULLED).cameras(again).decisions(*papers)
    else:
        story.decisions(*papers).cameras(again)

    row = story.only
    assert row.id == first.id
    assert (row.decision_number, row.violation_number) == (OTHER, OTHER_ITEM)
    assert row.check_character is None
    assert row.status is ViolationStatus.DECIDED
    assert story.decisions(*papers).cameras(again).only == row


def test_the_camera_record_may_be_the_first_to_tell_of_the_new_decision() -> None:
    story = Story().cameras(handled()).decisions(decision(paid=PaidMark.PAID), ANNULLED)

    row = story.cameras(handled(**_other(), updated_at=LATER + DAY)).only

    assert (row.decision_number, row.check_character) == (OTHER, None)
    assert (row.decision_annulled, row.decision_paid, row.driver_digest) == (False, None, None)
    assert row.status is ViolationStatus.DECIDED


def test_a_number_on_the_camera_record_does_not_borrow_another_decisions_marks() -> None:
    story = Story().cameras(handled()).decisions(decision(paid=PaidMark.PAID))

    row = story.cameras(handled(**_other(), updated_at=LATER)).only

    assert (row.decision_number, row.check_character) == (DECISION, "8")


def test_agencies() -> None:
    elsewhere = Agency("510100000000", "成都市")
    row = Story().cameras(handled(handling_agency=elsewhere)).decisions(decision()).only

    assert (row.agency, row.deciding_agency) == (POLICE, POLICE)
    assert Story().cameras(handled(handling_agency=elsewhere)).only.deciding_agency == elsewhere
