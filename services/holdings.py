"""What one statement tells of a citizen, before the register is asked about anything."""

from asyncio import Task
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from models.garage_queries import HoldingRow
from models.mirror import Subject
from services.questions import EntryState, Question, about_vehicle, about_violations

Questions = dict[Question, EntryState]


@dataclass(slots=True)
class Holdings:
    """
    The rows of a citizen's vehicles and licence, and what is being asked about them.

    It belongs to one request: what is in `asked` is not asked again on its behalf.
    """

    citizen_id: UUID
    identity_number: str = field(repr=False)
    digest: bytes = field(repr=False)
    # The digest as the questions about the person are named by it.
    key: str = field(init=False, repr=False)
    rows: Sequence[HoldingRow] = field(default=(), repr=False)
    asked: dict[Question, Task[EntryState]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.key = self.digest.hex()

    @property
    def shown(self) -> list[HoldingRow]:
        """The vehicles that are theirs by what is known, in the order they were bound."""
        return [row for row in self.rows if row.still_theirs]

    def about_vehicles(self) -> Questions:
        """Which vehicles carry the plates: also those no longer theirs, which may come back."""
        return {
            (question := about_vehicle(row.plate_key)): self._state(
                question, row.vehicle_fetched_at, row.vehicle_failed_at
            )
            for row in self.rows
            if row.binding_id is not None
        }

    def about_list(self, row: HoldingRow) -> tuple[Question, EntryState]:
        """Which camera records there are of a vehicle's plate."""
        question = about_violations(row.plate_key)
        return question, self._state(question, row.list_fetched_at, row.list_failed_at)

    def about_decisions(self) -> tuple[Question, EntryState]:
        """Which decisions name the citizen as the driver."""
        row, question = self.rows[0], self._about_person(Subject.DECISIONS)
        return question, self._state(question, row.decisions_fetched_at, row.decisions_failed_at)

    def about_licence(self) -> tuple[Question, EntryState]:
        """Which licence the citizen holds."""
        row, question = self.rows[0], self._about_person(Subject.LICENCE)
        return question, self._state(question, row.licence_fetched_at, row.licence_failed_at)

    def _about_person(self, subject: Subject) -> Question:
        return Question(subject, self.key, identity_number=self.identity_number)

    def _state(
        self, question: Question, fetched_at: datetime | None, failed_at: datetime | None
    ) -> EntryState:
        asked = self.asked.get(question) if self.asked else None
        return EntryState(fetched_at, failed_at, asked)
