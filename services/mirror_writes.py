"""How an answer of the register becomes rows of the mirror."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.codes import CodeTable
from domain.masking import mask_number
from domain.merging import Merger
from domain.records import Answer, CameraRecord, DecisionRecord, DriverRecord, VehicleRecord
from domain.violations import Violation
from gateways.police_records import PoliceRecords
from models import mirror_queries as queries
from models.mirror import Subject
from models.mirror import Violation as ViolationTable
from models.vault import Vault
from models.violation_rows import row_of, violation_of
from services.questions import Question

Outcome = dict[str, Any]
Write = Callable[[AsyncConnection, RowMapping, datetime], Awaitable[Outcome]]

SOURCE = "police-records"
ROWS = ViolationTable.__table__.c


@dataclass(frozen=True, slots=True)
class MirrorWriter:
    """Asks one question of the register and knows how to write down the answer."""

    vault: Vault
    codes: CodeTable
    district_prefix: str
    new_id: Callable[[], UUID]

    async def ask(self, question: Question, police: PoliceRecords) -> Write:
        """
        Call the register; what comes back writes the answer inside a transaction.

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
        self,
        record: VehicleRecord | None,
        connection: AsyncConnection,
        before: RowMapping,
        now: datetime,
    ) -> Outcome:
        """A vehicle the register no longer knows keeps its last known row."""
        outcome = self._outcome(record)
        if record is not None and outcome["payload_hash"] != before["payload_hash"]:
            await connection.execute(queries.upsert_vehicle(self._vehicle_row(record)))
        return outcome

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
        self,
        digest: bytes,
        record: DriverRecord | None,
        connection: AsyncConnection,
        before: RowMapping,
        now: datetime,
    ) -> Outcome:
        outcome = self._outcome(record)
        if record is not None and outcome["payload_hash"] != before["payload_hash"]:
            await connection.execute(queries.upsert_licence(self._licence_row(digest, record)))
        return outcome

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
        self,
        plate_key: str,
        answer: Answer[CameraRecord],
        connection: AsyncConnection,
        before: RowMapping,
        now: datetime,
    ) -> Outcome:
        await queries.lock_keys(connection, plate_key)
        numbers = [record.decision_number for record in answer.rows if record.decision_number]
        # Read even when the answer is the same as last time: a decision may have come in between,
        # perhaps without its plate.
        known = await _read(
            connection,
            or_(
                ROWS.plate_key == plate_key,
                and_(ROWS.plate_key.is_(None), ROWS.decision_number.in_(numbers)),
            ),
        )
        merged = self._merger(now).camera(known, answer, empty_since=before["empty_since"])
        await _write(connection, known, merged)
        suspicious = answer.complete and not answer.rows and bool(known)
        return {
            **self._outcome(answer),
            "complete": answer.complete,
            "empty_since": (before["empty_since"] or now) if suspicious else None,
        }

    async def _decisions(
        self,
        digest: bytes,
        answer: Answer[DecisionRecord],
        connection: AsyncConnection,
        before: RowMapping,
        now: datetime,
    ) -> Outcome:
        plates = sorted({record.plate.key for record in answer.rows if record.plate is not None})
        await queries.lock_keys(connection, *plates, "driver:" + digest.hex())
        numbers = [record.decision_number for record in answer.rows]
        known = await _read(
            connection,
            or_(
                ROWS.driver_digest == digest,
                ROWS.decision_number.in_(numbers),
                ROWS.plate_key.in_(plates),
            ),
        )
        await _write(connection, known, self._merger(now).decisions(known, answer))
        return {
            **self._outcome(answer),
            "complete": answer.complete,
        }

    def _merger(self, now: datetime) -> Merger:
        return Merger(self.codes, self.district_prefix, self.new_id, self.vault.digest, now)

    def _outcome(self, payload: Any) -> Outcome:
        """
        What is noted of an answer; no record has no hash, so one that returns is written.

        The hash covers every field, so a field that we begin to read has each row written anew.
        """
        found = payload is not None
        return {
            "found": found,
            "source": SOURCE,
            "payload_hash": self.vault.digest(repr(astuple(payload))) if found else None,
        }

    def _digest(self, value: str | None) -> bytes | None:
        return None if value is None else self.vault.digest(value)


async def _read(connection: AsyncConnection, condition: Any) -> list[Violation]:
    """The rows as they are, and as they stay until they are written: a payment may settle one."""
    rows = select(ViolationTable.__table__).where(condition).order_by(ROWS.id).with_for_update()
    return [violation_of(row) for row in (await connection.execute(rows)).mappings()]


async def _write(
    connection: AsyncConnection, known: Sequence[Violation], merged: Sequence[Violation]
) -> None:
    """Write what is new or changed, and nothing else."""
    before = {row.id: row for row in known}
    changed = [row_of(row) for row in merged if before.get(row.id) != row]
    await queries.write_violations(connection, changed)
