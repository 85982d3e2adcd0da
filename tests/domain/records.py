"""Records and violations with everything filled in; a test changes what it is about."""

import hashlib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from domain.codes import load_codes
from domain.merging import Merger
from domain.money import Money
from domain.plates import Plate, PlateType
from domain.records import (
    Agency,
    Answer,
    CameraRecord,
    CaptureMethod,
    DecisionRecord,
    PaidMark,
    RecordChange,
)
from domain.violations import Violation

NOW = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
ACT = datetime(2026, 9, 1, 1, 30, tzinfo=UTC)
PLATE = Plate(PlateType.SMALL_VEHICLE, "渝A12345")
NUMBER = "5001017900000001"
DECISION = "500101190000001"
ITEM = "5001012026119000000011"
DRIVER = "500000190001010015"
POLICE = Agency("500101000000", "渝中区支队")
CODES = load_codes("重庆")


def camera(**changed: Any) -> CameraRecord:
    """An unhandled red light in our own city."""
    record = CameraRecord(
        record_number=NUMBER,
        plate=PLATE,
        code="1625",
        occurred_at=ACT,
        place_code="10101",
        place="中山路口",
        capture_agency=POLICE,
        capture_method=CaptureMethod.RED_LIGHT,
        fine=Money(20000),
        points=6,
        measured=None,
        limit=None,
        handled=False,
        handled_at=None,
        handling_agency=Agency(None, None),
        paid=PaidMark.UNPAID,
        decision_number=None,
        violation_number=None,
        change=RecordChange.NEW,
        updated_at=ACT,
    )
    return replace(record, **changed)


def decision(**changed: Any) -> DecisionRecord:
    """The decision about that red light."""
    record = DecisionRecord(
        decision_number=DECISION,
        check_character="8",
        violation_number=ITEM,
        driver_identity_number=DRIVER,
        driver_file_number=None,
        driver_name=None,
        plate=PLATE,
        code="1625",
        occurred_at=ACT,
        place="中山路口",
        fine=Money(20000),
        surcharge=None,
        points=6,
        is_simple_procedure=True,
        is_warning=False,
        is_on_scene=False,
        decided_at=ACT + timedelta(days=3),
        agency=POLICE,
        paid=PaidMark.UNPAID,
        paid_on=None,
        change=RecordChange.NEW,
        updated_at=ACT + timedelta(days=3),
    )
    return replace(record, **changed)


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def violation(**changed: Any) -> Violation:
    """What a camera record alone makes."""
    [row] = merger().camera([], Answer((camera(),), complete=True))
    return replace(row, **changed)


def merger(now: datetime = NOW, new_id: Callable[[], UUID] = uuid.uuid4) -> Merger:
    return Merger(CODES, "50", new_id, digest, now)


@dataclass
class Story:
    """What is known while answers come in, one after another."""

    known: list[Violation] = field(default_factory=list)
    now: datetime = NOW

    def cameras(
        self,
        *records: CameraRecord,
        complete: bool = True,
        empty_since: datetime | None = None,
    ) -> "Story":
        answer = Answer(records, complete)
        self.known = merger(self.now).camera(self.known, answer, empty_since=empty_since)
        return self

    def decisions(self, *records: DecisionRecord, complete: bool = True) -> "Story":
        self.known = merger(self.now).decisions(self.known, Answer(records, complete))
        return self

    @property
    def only(self) -> Violation:
        [row] = self.known
        return row


def statuses(rows: Sequence[Violation]) -> list[str]:
    return sorted(row.status.name for row in rows)
