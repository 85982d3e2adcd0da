"""How records of the register become violations: join, refresh, never lose (police-upstream §4)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from domain import matching
from domain.codes import CodeTable
from domain.money import NOTHING, Money
from domain.records import (
    Answer,
    CameraRecord,
    DecisionRecord,
    PaidMark,
    RecordChange,
)
from domain.times import legal_day
from domain.violations import NOBODY, CaptureKind, Violation

Amount = TypeVar("Amount", Money, int)

# An empty answer where there was a list may be the register's mistake: believed the second time.
EMPTY_ANSWER_BELIEVED_AFTER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Merger:
    """What merging needs from outside: amounts, ids, the time, a digest for identity numbers."""

    codes: CodeTable
    district_prefix: str
    new_id: Callable[[], UUID]
    digest: Callable[[str], bytes]
    now: datetime

    def camera(
        self,
        known: Sequence[Violation],
        answer: Answer[CameraRecord],
        *,
        empty_since: datetime | None = None,
    ) -> list[Violation]:
        """
        All violations of a plate after a successful answer; none is ever dropped.

        `empty_since` is the instant of the first of the unbroken row of empty answers before this.
        """
        rows = {row.id: row for row in known}
        seen = set()
        for record in answer.rows:
            merged = self._with_camera(matching.for_camera(list(rows.values()), record), record)
            rows[merged.id] = merged
            seen.add(merged.id)
        if answer.complete and (answer.rows or self._believes_empty(empty_since)):
            for row in known:
                if row.id not in seen and row.capture is CaptureKind.CAMERA:
                    rows[row.id] = replace(row, missing_since=row.missing_since or self.now)
        return list(rows.values())

    def decisions(
        self, known: Sequence[Violation], answer: Answer[DecisionRecord]
    ) -> list[Violation]:
        """The given violations after an answer about decisions; one not told of stays as it was."""
        rows = {row.id: row for row in known}
        # Annulments first: the same act may have been decided anew.
        for record in sorted(answer.rows, key=lambda row: row.change is not RecordChange.DELETED):
            match = matching.for_decision(list(rows.values()), record)
            merged = self._with_decision(match or self._on_scene(record), record)
            rows[merged.id] = merged
        return list(rows.values())

    def _believes_empty(self, empty_since: datetime | None) -> bool:
        return empty_since is not None and self.now - empty_since >= EMPTY_ANSWER_BELIEVED_AFTER

    def _with_camera(self, old: Violation | None, record: CameraRecord) -> Violation:
        if old is not None and _is_older(record.updated_at, old.record_updated_at):
            return replace(old, missing_since=None)
        row = old or self._blank(record, CaptureKind.CAMERA)
        if row.decision_annulled and record.decision_number not in (None, row.decision_number):
            row = _undecided(row)
        fine, points = self._amounts(record, row)
        return replace(
            row,
            capture=CaptureKind.CAMERA,
            plate=record.plate,
            code=record.code,
            occurred_at=record.occurred_at,
            record_number=record.record_number or row.record_number,
            violation_number=_known_first(row, row.violation_number, record.violation_number),
            place_code=record.place_code,
            place=record.place or row.place,
            agency=record.capture_agency,
            capture_method=record.capture_method,
            measured=record.measured or row.measured,
            limit=record.limit or row.limit,
            fine=fine,
            points=points,
            record_handled=record.handled,
            record_paid=record.paid,
            record_deleted=record.change is RecordChange.DELETED,
            record_updated_at=record.updated_at or row.record_updated_at,
            missing_since=None,
            decision_number=_known_first(row, row.decision_number, record.decision_number),
            decided_at=row.decided_at or record.handled_at,
            deciding_agency=row.deciding_agency
            if row.decision_is_known
            else record.handling_agency,
        )

    def _with_decision(self, row: Violation, record: DecisionRecord) -> Violation:
        if row.decision_number not in (None, record.decision_number):
            if record.change is RecordChange.DELETED:
                return row  # Annulled, and decided anew since.
            row = _undecided(row)
        if _is_older(record.updated_at, row.decision_updated_at):
            return row
        driver = record.driver_identity_number
        fine = NOTHING if record.is_warning else record.fine
        if fine == NOTHING and not (record.is_warning or record.paid is PaidMark.NOTHING_TO_PAY):
            fine = None  # As on a camera record: an amount left open, not a gift.
        return replace(
            row,
            plate=row.plate or record.plate,
            place=row.place or record.place,
            violation_number=record.violation_number or row.violation_number,
            fine=row.fine if fine is None else fine,
            points=row.points if record.points is None else record.points,
            decision_number=record.decision_number,
            check_character=record.check_character or row.check_character,
            decided_at=record.decided_at or row.decided_at,
            deciding_agency=record.agency,
            surcharge=record.surcharge,
            paid_on=record.paid_on or row.paid_on,
            decision_paid=record.paid,
            decision_annulled=record.change is RecordChange.DELETED,
            decision_updated_at=record.updated_at or row.decision_updated_at,
            driver_digest=self.digest(driver) if driver else row.driver_digest,
        )

    def _on_scene(self, record: DecisionRecord) -> Violation:
        """A decision without a camera record: made on the scene, or the record came not yet."""
        return self._blank(record, CaptureKind.ON_SCENE)

    def _blank(self, record: CameraRecord | DecisionRecord, capture: CaptureKind) -> Violation:
        agency = record.capture_agency if isinstance(record, CameraRecord) else record.agency
        return Violation(
            id=self.new_id(),
            plate=record.plate,
            capture=capture,
            code=record.code,
            occurred_at=record.occurred_at,
            place=record.place,
            agency=agency,
        )

    def _amounts(self, record: CameraRecord, row: Violation) -> tuple[Money | None, int | None]:
        """
        Fine and points: a standing decision's, the record's own, those known before, else our own
        province's table, else unknown.

        A fine of 0 that is still to be paid comes from provinces that leave the amount to the
        handling agency: it is unknown, not nothing.
        """
        fine, points = record.fine, record.points
        if fine == NOTHING and record.paid is not PaidMark.NOTHING_TO_PAY:
            fine = None
        if row.decision_is_known and not row.decision_annulled:
            fine, points = _first(row.fine, fine), _first(row.points, points)
        elif row.code == record.code and row.fine != NOTHING:
            # An amount that is left out this time has not changed.
            fine, points = _first(fine, row.fine), _first(points, row.points)
        if not (record.record_number or "").startswith(self.district_prefix):
            return fine, points
        table = self.codes.find(record.code, legal_day(record.occurred_at))
        if table is None:
            return fine, points
        return _first(fine, table.fine), _first(points, table.points)


def _first(value: Amount | None, other: Amount | None) -> Amount | None:
    """The first of two that is known."""
    return other if value is None else value


def _known_first(row: Violation, known: str | None, told: str | None) -> str | None:
    """A number as the decision's own record gave it, else as the camera record tells it."""
    return (known or told) if row.decision_is_known else (told or known)


def _undecided(row: Violation) -> Violation:
    """The violation without its annulled decision, ready for another one."""
    return replace(
        row,
        violation_number=None,
        decision_number=None,
        check_character=None,
        decided_at=None,
        deciding_agency=NOBODY,
        surcharge=None,
        paid_on=None,
        decision_paid=None,
        decision_annulled=False,
        decision_updated_at=None,
        settled_at=None,
        driver_digest=None,
    )


def _is_older(new: datetime | None, known: datetime | None) -> bool:
    return new is not None and known is not None and new < known
