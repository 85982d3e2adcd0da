"""What follows from the marks of both records: the whole table."""

from datetime import timedelta
from itertools import product

import pytest

from domain.records import PaidMark
from domain.violations import OWED, CaptureKind, DecisionStatus, ViolationStatus
from tests.domain.records import NOW, violation

U, P, N = PaidMark.UNPAID, PaidMark.PAID, PaidMark.NOTHING_TO_PAY
MARKS = (None, U, P, N)
BOOLS = (False, True)
SHORT = {
    "UNHANDLED": ViolationStatus.UNHANDLED,
    "DECIDED": ViolationStatus.DECIDED,
    "PAID": ViolationStatus.PAID,
    "NOTHING": ViolationStatus.NOTHING_TO_PAY,
    "WITHDRAWN": ViolationStatus.WITHDRAWN,
    "GONE": ViolationStatus.NO_LONGER_LISTED,
}

# Of a camera record that is listed and not deleted. Rows: handled, has a decision number, annulled.
# Columns: record_paid None U P N; in each, decision_paid None U P N.
CAMERA = """
--- UNHANDLED UNHANDLED PAID NOTHING | UNHANDLED UNHANDLED PAID NOTHING | PAID PAID PAID PAID | NOTHING NOTHING PAID NOTHING
--A UNHANDLED UNHANDLED UNHANDLED UNHANDLED | UNHANDLED UNHANDLED UNHANDLED UNHANDLED | PAID PAID PAID PAID | NOTHING NOTHING NOTHING NOTHING
-D- DECIDED DECIDED PAID NOTHING | DECIDED DECIDED PAID NOTHING | PAID PAID PAID PAID | NOTHING NOTHING PAID NOTHING
-DA UNHANDLED UNHANDLED UNHANDLED UNHANDLED | UNHANDLED UNHANDLED UNHANDLED UNHANDLED | PAID PAID PAID PAID | NOTHING NOTHING NOTHING NOTHING
H-- DECIDED DECIDED PAID NOTHING | DECIDED DECIDED PAID NOTHING | PAID PAID PAID PAID | NOTHING NOTHING PAID NOTHING
H-A WITHDRAWN WITHDRAWN WITHDRAWN WITHDRAWN | WITHDRAWN WITHDRAWN WITHDRAWN WITHDRAWN | WITHDRAWN WITHDRAWN WITHDRAWN WITHDRAWN | WITHDRAWN WITHDRAWN WITHDRAWN WITHDRAWN
HD- DECIDED DECIDED PAID NOTHING | DECIDED DECIDED PAID NOTHING | PAID PAID PAID PAID | NOTHING NOTHING PAID NOTHING
HDA WITHDRAWN WITHDRAWN WITHDRAWN WITHDRAWN | WITHDRAWN WITHDRAWN WITHDRAWN WITHDRAWN | WITHDRAWN WITHDRAWN WITHDRAWN WITHDRAWN | WITHDRAWN WITHDRAWN WITHDRAWN WITHDRAWN
"""  # noqa: E501


def camera_table() -> list[tuple[str, PaidMark | None, PaidMark | None, ViolationStatus]]:
    cases = []
    for line in CAMERA.strip().splitlines():
        marks, *cells = line.replace("|", "").split()
        for (record_paid, decision_paid), cell in zip(product(MARKS, MARKS), cells, strict=True):
            cases.append((marks, record_paid, decision_paid, SHORT[cell]))
    return cases


@pytest.mark.parametrize(("marks", "record_paid", "decision_paid", "status"), camera_table())
def test_a_listed_camera_record(
    marks: str,
    record_paid: PaidMark | None,
    decision_paid: PaidMark | None,
    status: ViolationStatus,
) -> None:
    row = violation(
        record_handled="H" in marks,
        decision_number="D1" if "D" in marks else None,
        decision_annulled="A" in marks,
        record_paid=record_paid,
        decision_paid=decision_paid,
    )

    assert row.status is status


@pytest.mark.parametrize(("marks", "record_paid", "decision_paid", "listed"), camera_table())
def test_gone_is_not_paid_and_paid_stays_paid(
    marks: str,
    record_paid: PaidMark | None,
    decision_paid: PaidMark | None,
    listed: ViolationStatus,
) -> None:
    row = violation(
        record_handled="H" in marks,
        decision_number="D1" if "D" in marks else None,
        decision_annulled="A" in marks,
        record_paid=record_paid,
        decision_paid=decision_paid,
        missing_since=NOW - timedelta(days=1),
    )

    stays = {ViolationStatus.PAID, ViolationStatus.WITHDRAWN}
    assert row.status is (listed if listed in stays else ViolationStatus.NO_LONGER_LISTED)


@pytest.mark.parametrize(
    ("handled", "number", "annulled", "record_paid", "decision_paid", "missing"),
    list(product(BOOLS, (None, "D1"), BOOLS, MARKS, MARKS, (None, NOW))),
)
def test_a_deleted_record_is_withdrawn_whatever_else(
    handled: bool,
    number: str | None,
    annulled: bool,
    record_paid: PaidMark | None,
    decision_paid: PaidMark | None,
    missing: object,
) -> None:
    row = violation(
        record_deleted=True,
        record_handled=handled,
        decision_number=number,
        decision_annulled=annulled,
        record_paid=record_paid,
        decision_paid=decision_paid,
        missing_since=missing,
    )

    assert row.status is ViolationStatus.WITHDRAWN


@pytest.mark.parametrize(
    ("annulled", "paid", "status", "decision_status"),
    [
        (False, U, ViolationStatus.DECIDED, DecisionStatus.UNPAID),
        (False, P, ViolationStatus.PAID, DecisionStatus.PAID),
        (False, N, ViolationStatus.NOTHING_TO_PAY, DecisionStatus.NOTHING_TO_PAY),
        (True, U, ViolationStatus.WITHDRAWN, DecisionStatus.ANNULLED),
        (True, P, ViolationStatus.WITHDRAWN, DecisionStatus.ANNULLED),
        (True, N, ViolationStatus.WITHDRAWN, DecisionStatus.ANNULLED),
    ],
)
def test_a_decision_made_on_the_scene(
    annulled: bool, paid: PaidMark, status: ViolationStatus, decision_status: DecisionStatus
) -> None:
    row = violation(
        capture=CaptureKind.ON_SCENE,
        record_paid=None,
        decision_number="D1",
        decision_paid=paid,
        decision_annulled=annulled,
    )

    assert (row.status, row.decision_status) == (status, decision_status)


@pytest.mark.parametrize(
    ("handled", "number", "annulled", "expected"),
    [
        (False, None, False, None),
        (True, None, False, DecisionStatus.UNPAID),
        (False, "D1", False, DecisionStatus.UNPAID),
        (True, "D1", False, DecisionStatus.UNPAID),
        (False, None, True, DecisionStatus.ANNULLED),
        (True, "D1", True, DecisionStatus.ANNULLED),
    ],
)
def test_whether_there_is_a_decision(
    handled: bool, number: str | None, annulled: bool, expected: DecisionStatus | None
) -> None:
    row = violation(record_handled=handled, decision_number=number, decision_annulled=annulled)

    assert row.decision_status is expected


@pytest.mark.parametrize(
    ("record_paid", "decision_paid", "paid"),
    [
        (U, U, U), (U, P, P), (U, N, N), (U, None, U),
        (P, U, P), (P, P, P), (P, N, P), (P, None, P),
        (N, U, N), (N, P, P), (N, N, N), (N, None, N),
        (None, U, U), (None, P, P), (None, N, N), (None, None, U),
    ],
)  # fmt: skip
def test_paid_if_either_record_says_so(
    record_paid: PaidMark | None, decision_paid: PaidMark | None, paid: PaidMark
) -> None:
    assert violation(record_paid=record_paid, decision_paid=decision_paid).paid is paid


def test_what_is_owed() -> None:
    assert {ViolationStatus.UNHANDLED, ViolationStatus.DECIDED} == OWED


def test_a_digest_does_not_print() -> None:
    assert "driver-digest" not in repr(violation(driver_digest=b"driver-digest"))
