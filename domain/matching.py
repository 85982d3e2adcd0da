"""Which violation a record tells of: by its numbers, else by plate, instant, code and place."""

from collections.abc import Sequence

from domain.records import CameraRecord, DecisionRecord
from domain.violations import Violation


def for_camera(rows: Sequence[Violation], record: CameraRecord) -> Violation | None:
    """The violation a camera record tells of, if it is known already."""
    return next((row for row in rows if _is_of_camera(row, record)), None)


def for_decision(rows: Sequence[Violation], record: DecisionRecord) -> Violation | None:
    """The violation an item of a decision tells of, if it is known already."""
    return next((row for row in rows if _is_of_decision(row, record)), None)


def _is_of_camera(row: Violation, record: CameraRecord) -> bool:
    if row.record_number is not None and record.record_number is not None:
        return row.record_number == record.record_number
    return _is_same_act(row, record)


def _is_of_decision(row: Violation, record: DecisionRecord) -> bool:
    if row.violation_number is not None and record.violation_number is not None:
        return row.violation_number == record.violation_number
    return _is_same_act(row, record)


def _is_same_act(row: Violation, record: CameraRecord | DecisionRecord) -> bool:
    """
    Whether both speak of one act.

    A decision may have several items, so its number alone proves nothing: code and instant must
    agree too. Without a common number the plate and the place must agree as well.
    """
    if row.code != record.code or row.occurred_at != record.occurred_at:
        return False
    numbers = (row.decision_number, record.decision_number)
    if None not in numbers:
        return numbers[0] == numbers[1]
    return (
        row.plate is not None
        and row.plate == record.plate
        and (row.place == record.place or row.place is None or record.place is None)
    )
