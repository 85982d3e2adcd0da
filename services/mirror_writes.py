"""How an answer of the register becomes rows of the mirror."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import orjson

from domain.codes import CodeTable
from domain.masking import mask_number
from domain.merging import Merger
from domain.records import Answer, CameraRecord, DecisionRecord, DriverRecord, VehicleRecord
from domain.violations import Violation
from gateways.police_records import PoliceRecords
from models import mirror_answers as answers
from models.database import Database
from models.mirror import Licence, Subject, Vehicle
from models.mirror import Violation as ViolationTable
from models.mirror_answers import Noted
from models.mirror_queries import Claim
from models.reading import Prebuilt, array_of
from models.vault import Vault
from models.violation_rows import ViolationRow, row_of, violation_of_row
from models.writing import Call, WritingConnection
from services.questions import Question

Values = dict[str, Any]

SOURCE = "police-records"


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to ask a question, and what was known when it was taken."""

    question: Question
    id: UUID
    before: Claim

    @property
    def keys(self) -> Values:
        """How statements name it."""
        question = self.question
        return {
            "of_subject": question.subject.value,
            "of_key": question.key,
            "of_lease": self.id,
        }


# Nothing is written, and no row comes back, when somebody else has the lease by now.
Write = Callable[[Lease, datetime], Awaitable[list[Noted]]]


@dataclass(frozen=True, slots=True)
class MirrorWriter:
    """Asks one question of the register and knows how to write down the answer."""

    db: Database
    vault: Vault
    codes: CodeTable
    district_prefix: str
    new_id: Callable[[], UUID]

    async def ask(self, question: Question, police: PoliceRecords) -> Write:
        """
        Call the register; what comes back writes the answer.

        :raises UpstreamUnavailable: when there is no usable answer
        """
        plate, person = question.plate, question.identity_number
        if plate is not None:
            if question.subject is Subject.VEHICLE:
                return partial(self._vehicle, await police.vehicle(plate))
            return partial(self._camera, plate.key, await police.camera_records(plate))
        if person is None:
            raise ValueError("a question is about a plate or about a person")
        digest = self.vault.digest(person)
        if question.subject is Subject.LICENCE:
            return partial(self._licence, digest, await police.driver(person))
        return partial(self._decisions, digest, await police.decisions_of_driver(person))

    async def _vehicle(
        self, record: VehicleRecord | None, lease: Lease, now: datetime
    ) -> list[Noted]:
        """A vehicle the register no longer knows keeps its last known row."""
        outcome = self._outcome(record, lease, now)
        rows = [self._vehicle_row(record)] if record and _is_news(outcome, lease) else []
        outcome["rows"] = answers.rows_of(Vehicle, rows)
        return await self.db.write(answers.VEHICLE_ANSWERED, outcome)

    def _vehicle_row(self, record: VehicleRecord) -> dict[str, Any]:
        sealed = {
            "vin": record.vin,
            "engine_number": record.engine_number,
            "owner_name": record.owner_name,
            "owner_identity_number": record.owner_identity_number,
        }
        return {
            "id": self.new_id(),
            "plate_key": record.plate.key,
            "owner_digest": self._digest(record.owner_identity_number),
            "vin_digest": self._digest(record.vin),
            "make": record.make,
            "colour": record.colour,
            "type_code": record.type_code,
            "use_code": record.use_code,
            "first_registered_on": record.first_registered_on,
            "inspection_valid_until": record.inspection_valid_until,
            "insurance_valid_until": record.insurance_valid_until,
            "scrap_on": record.scrap_on,
            "issuing_authority": record.issuing_authority,
            "status_letters": record.status_letters,
            "sealed": self.vault.seal(sealed, belongs_to=record.plate.key),
        }

    async def _licence(
        self, digest: bytes, record: DriverRecord | None, lease: Lease, now: datetime
    ) -> list[Noted]:
        outcome = self._outcome(record, lease, now)
        rows = [self._licence_row(digest, record)] if record and _is_news(outcome, lease) else []
        outcome["rows"] = answers.rows_of(Licence, rows)
        return await self.db.write(answers.LICENCE_ANSWERED, outcome)

    def _licence_row(self, digest: bytes, record: DriverRecord) -> dict[str, Any]:
        file_number = record.file_number
        sealed = {
            "identity_number": record.identity_number,
            "file_number": file_number,
            "name": record.name,
        }
        return {
            "id": self.new_id(),
            "identity_digest": digest,
            "masked_number": mask_number(record.identity_number),
            "masked_file_number": mask_number(file_number) if file_number else None,
            "classes": record.classes,
            "status_letters": record.status_letters,
            "first_licensed_on": record.first_licensed_on,
            "valid_from": record.valid_from,
            "valid_until": record.valid_until,
            "points": record.points,
            "next_reset_on": record.next_reset_on,
            "review_due_on": record.review_due_on,
            "overdue_since": record.overdue_since,
            "issuing_authority": record.issuing_authority,
            "sealed": self.vault.seal(sealed, belongs_to=digest.hex()),
        }

    async def _camera(
        self, plate_key: str, answer: Answer[CameraRecord], lease: Lease, now: datetime
    ) -> list[Noted]:
        numbers = [record.decision_number for record in answer.rows if record.decision_number]
        told = {"plate_key": plate_key, "decision_numbers": array_of(numbers)}
        empty_since = lease.before.empty_since
        async with self.db.writing() as connection:
            # Read even when the answer is the same as last time: a decision may have come in
            # between, perhaps without its plate.
            known = await _locked(connection, [plate_key], answers.OF_PLATE, told)
            merged = self._merger(now).camera(known, answer, empty_since=empty_since)
            suspicious = answer.complete and not answer.rows and bool(known)
            outcome = self._outcome(answer, lease, now, complete=answer.complete)
            outcome["empty_since"] = (empty_since or now) if suspicious else None
            outcome["rows"] = _changed(known, merged)
            return await connection.commit(answers.VIOLATIONS_ANSWERED, outcome)

    async def _decisions(
        self, digest: bytes, answer: Answer[DecisionRecord], lease: Lease, now: datetime
    ) -> list[Noted]:
        plates = sorted({record.plate.key for record in answer.rows if record.plate is not None})
        told = {
            "driver_digest": digest,
            "decision_numbers": array_of([record.decision_number for record in answer.rows]),
            "plate_keys": array_of(plates),
        }
        async with self.db.writing() as connection:
            keys = [*plates, "driver:" + digest.hex()]
            known = await _locked(connection, keys, answers.OF_DRIVER, told)
            merged = self._merger(now).decisions(known, answer)
            outcome = self._outcome(answer, lease, now, complete=answer.complete)
            outcome["rows"] = _changed(known, merged)
            return await connection.commit(answers.VIOLATIONS_ANSWERED, outcome)

    def _merger(self, now: datetime) -> Merger:
        return Merger(self.codes, self.district_prefix, self.new_id, self.vault.digest, now)

    def _outcome(
        self, payload: object, lease: Lease, now: datetime, *, complete: bool = True
    ) -> Values:
        """
        What is noted of an answer; no record has no hash, so one that returns is written.

        Where rows were missing or unreadable, what came is kept, but does not count as an answer.
        """
        found = payload is not None
        return {
            **lease.keys,
            "found": found,
            "source": SOURCE,
            "payload_hash": self.vault.digest(every_field(payload)) if found else None,
            "empty_since": None,
            "fetched_at": now if complete else None,
            "failed_at": None if complete else now,
            "failure": None if complete else "incomplete",
        }

    def _digest(self, value: str | None) -> bytes | None:
        return None if value is None else self.vault.digest(value)


def every_field(payload: object) -> str:
    """A record as a text to compare; a field that we begin to read has each row written anew."""
    return orjson.dumps(payload).decode()


def _is_news(outcome: Values, lease: Lease) -> bool:
    return bool(outcome["payload_hash"] != lease.before.payload_hash)


async def _locked(
    connection: WritingConnection,
    keys: Sequence[str],
    statement: Prebuilt[ViolationRow],
    told: Values,
) -> list[Violation]:
    """The rows as they are, read when nobody else writes under these keys any more."""
    lock = Call(answers.LOCK_KEYS, {"names": array_of(sorted(keys))})
    _, rows = await connection.begin(lock, Call(statement, told))
    return [violation_of_row(row) for row in rows]


def _changed(known: Sequence[Violation], merged: Sequence[Violation]) -> str:
    """What is new or changed, and nothing else."""
    before = {row.id: row for row in known}
    changed = [row_of(row) for row in merged if before.get(row.id) != row]
    return answers.rows_of(ViolationTable, changed)
