"""Which violation a record tells of: by its numbers, else by plate, instant, code and place."""

from collections.abc import Callable, Sequence
from datetime import time

from domain.records import CameraRecord, DecisionRecord, RecordChange
from domain.times import CHINA
from domain.violations import Violation

Test = Callable[[Violation], bool]


def for_camera(rows: Sequence[Violation], record: CameraRecord) -> Violation | None:
    """The violation a camera record tells of, if it is known already."""
    number = record.record_number
    free = [row for row in rows if number is None or row.record_number in (None, number)]
    return _first(
        free,
        lambda row: number is not None and row.record_number == number,
        lambda row: _has_same_number(row, record),
        lambda row: _is_same_item(row, record),
        lambda row: _is_same_act(row, record, another_decision=row.decision_annulled),
        lambda row: number is None and _is_same_second(row, record),
    )


def for_decision(rows: Sequence[Violation], record: DecisionRecord) -> Violation | None:
    """
    The violation an item of a decision tells of, if it is known already.

    After an annulment the same act can be decided again, under other numbers.
    """
    annulled = record.change is RecordChange.DELETED
    free = [
        row
        for row in rows
        if annulled or row.decision_annulled or not _has_other_number(row, record)
    ]
    return _first(
        free,
        lambda row: _has_same_number(row, record),
        lambda row: _is_same_item(row, record),
        lambda row: _is_same_act(row, record, another_decision=annulled or row.decision_annulled),
    )


def _first(rows: Sequence[Violation], *tests: Test) -> Violation | None:
    """The first row that passes the strongest test that any row passes."""
    return next((row for test in tests for row in rows if test(row)), None)


def _has_same_number(row: Violation, record: CameraRecord | DecisionRecord) -> bool:
    return row.violation_number is not None and row.violation_number == record.violation_number


def _has_other_number(row: Violation, record: DecisionRecord) -> bool:
    numbers = {row.violation_number, record.violation_number}
    return None not in numbers and len(numbers) > 1


def _is_same_item(row: Violation, record: CameraRecord | DecisionRecord) -> bool:
    """A decision may have several items, so its number alone proves nothing."""
    return (
        row.decision_number is not None
        and row.decision_number == record.decision_number
        and _is_same_moment(row, record)
    )


def _is_same_act(
    row: Violation, record: CameraRecord | DecisionRecord, *, another_decision: bool
) -> bool:
    """Whether plate, code, instant and place agree; one act has one decision that stands."""
    numbers = {row.decision_number, record.decision_number}
    if None not in numbers and len(numbers) > 1 and not another_decision:
        return False
    return (
        row.plate is not None
        and row.plate == record.plate
        and (row.place == record.place or row.place is None or record.place is None)
        and _is_same_moment(row, record)
    )


def _is_same_second(row: Violation, record: CameraRecord) -> bool:
    """
    Whether a record without a number tells of this act, whatever it calls the place.

    A vehicle does the same thing twice in a second nowhere; but a time that is only a date proves
    nothing.
    """
    is_only_a_date = record.occurred_at.astimezone(CHINA).time() == time()
    return not is_only_a_date and row.plate == record.plate and _is_same_moment(row, record)


def _is_same_moment(row: Violation, record: CameraRecord | DecisionRecord) -> bool:
    return row.code == record.code and row.occurred_at == record.occurred_at
