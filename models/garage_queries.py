"""What a citizen holds, in one statement: vehicles, licence, and what the mirror knows of them."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    Text,
    Uuid,
    and_,
    bindparam,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from models.binding import VehicleBinding
from models.mirror import Licence, MirrorEntry, Subject, Vehicle
from models.reading import Prebuilt, prebuilt

# The record says what it said when the vehicle was bound. While it does not, because the car was
# sold or the plate given to another, the binding shows nothing; it is not ended: registers err.
STILL_THEIRS = and_(
    or_(Vehicle.owner_digest.is_(None), Vehicle.owner_digest == VehicleBinding.owner_digest),
    or_(
        Vehicle.vin_digest.is_(None),
        VehicleBinding.vin_digest.is_(None),
        Vehicle.vin_digest == VehicleBinding.vin_digest,
    ),
)


class HoldingRow(NamedTuple):
    """
    One bound vehicle; the columns from `decisions_fetched_at` on are the same on every row.

    Without any binding there is one row, whose `binding_id` is None. Only what is `still_theirs`
    may be shown. `licence_id` is None where no licence is known.
    """

    binding_id: UUID | None
    bound_at: datetime
    still_theirs: bool
    vehicle_id: UUID
    plate_key: str
    make: str | None
    colour: str | None
    type_code: str | None
    use_code: str | None
    first_registered_on: date | None
    inspection_valid_until: date | None
    insurance_valid_until: date | None
    status_letters: str
    vehicle_found: bool | None
    vehicle_fetched_at: datetime | None
    vehicle_failed_at: datetime | None
    list_fetched_at: datetime | None
    list_failed_at: datetime | None
    decisions_fetched_at: datetime | None
    decisions_failed_at: datetime | None
    licence_found: bool | None
    licence_fetched_at: datetime | None
    licence_failed_at: datetime | None
    licence_id: UUID
    masked_number: str
    masked_file_number: str | None
    licence_classes: str
    licence_letters: str
    first_licensed_on: date | None
    valid_from: date | None
    valid_until: date | None
    points: int | None
    next_reset_on: date | None
    licence_authority: str | None
    licence_sealed: bytes

    def __repr__(self) -> str:
        """A row says whose it is: not in a log."""
        return f"HoldingRow({self.binding_id})"


class LicenceRow(NamedTuple):
    """A licence with the mirror's state: the last columns of `HoldingRow`."""

    licence_found: bool | None
    licence_fetched_at: datetime | None
    licence_failed_at: datetime | None
    licence_id: UUID
    masked_number: str
    masked_file_number: str | None
    licence_classes: str
    licence_letters: str
    first_licensed_on: date | None
    valid_from: date | None
    valid_until: date | None
    points: int | None
    next_reset_on: date | None
    licence_authority: str | None
    licence_sealed: bytes

    def __repr__(self) -> str:
        """A row says whose it is: not in a log."""
        return f"LicenceRow({self.licence_id})"


# One row to join everything to, so that what is not known costs no row.
ONE = select(literal(1).label("one")).subquery("one")
PERSON_KEY = bindparam("person_key", type_=Text)
PERSON_DIGEST = bindparam("person_digest", type_=LargeBinary)

VEHICLE_ENTRY = aliased(MirrorEntry, name="vehicle_entry")
LIST_ENTRY = aliased(MirrorEntry, name="list_entry")
DECISIONS_ENTRY = aliased(MirrorEntry, name="decisions_entry")
LICENCE_ENTRY = aliased(MirrorEntry, name="licence_entry")

LICENCE_COLUMNS = (
    LICENCE_ENTRY.found.label("licence_found"),
    LICENCE_ENTRY.fetched_at.label("licence_fetched_at"),
    LICENCE_ENTRY.failed_at.label("licence_failed_at"),
    Licence.id.label("licence_id"),
    Licence.masked_number,
    Licence.masked_file_number,
    Licence.classes.label("licence_classes"),
    Licence.status_letters.label("licence_letters"),
    Licence.first_licensed_on,
    Licence.valid_from,
    Licence.valid_until,
    Licence.points,
    Licence.next_reset_on,
    Licence.issuing_authority.label("licence_authority"),
    Licence.sealed.label("licence_sealed"),
)


def _is_entry(entry: type[MirrorEntry], subject: Subject, key: Any) -> ColumnElement[bool]:
    return and_(entry.subject == subject, entry.key == key)


def _holdings() -> Prebuilt[HoldingRow]:
    """
    A citizen's live bindings and licence, with what the mirror knows of every question about them.

    Parameters: citizen_id, person_digest, person_key.
    """
    binding = VehicleBinding
    held = (
        select(binding.id, binding.plate_key, binding.bound_at, STILL_THEIRS.label("still_theirs"))
        .join(Vehicle, Vehicle.plate_key == binding.plate_key)
        .where(
            binding.citizen_id == bindparam("citizen_id", type_=Uuid),
            binding.owner_digest == PERSON_DIGEST,
            binding.unbound_at.is_(None),
        )
        .subquery("held")
    )
    statement = (
        select(
            held.c.id.label("binding_id"),
            held.c.bound_at,
            held.c.still_theirs,
            Vehicle.id.label("vehicle_id"),
            Vehicle.plate_key,
            Vehicle.make,
            Vehicle.colour,
            Vehicle.type_code,
            Vehicle.use_code,
            Vehicle.first_registered_on,
            Vehicle.inspection_valid_until,
            Vehicle.insurance_valid_until,
            Vehicle.status_letters,
            VEHICLE_ENTRY.found.label("vehicle_found"),
            VEHICLE_ENTRY.fetched_at.label("vehicle_fetched_at"),
            VEHICLE_ENTRY.failed_at.label("vehicle_failed_at"),
            LIST_ENTRY.fetched_at.label("list_fetched_at"),
            LIST_ENTRY.failed_at.label("list_failed_at"),
            DECISIONS_ENTRY.fetched_at.label("decisions_fetched_at"),
            DECISIONS_ENTRY.failed_at.label("decisions_failed_at"),
            *LICENCE_COLUMNS,
        )
        .select_from(ONE)
        .outerjoin(DECISIONS_ENTRY, _is_entry(DECISIONS_ENTRY, Subject.DECISIONS, PERSON_KEY))
        .outerjoin(LICENCE_ENTRY, _is_entry(LICENCE_ENTRY, Subject.LICENCE, PERSON_KEY))
        .outerjoin(Licence, Licence.identity_digest == PERSON_DIGEST)
        .outerjoin(held, literal(True))
        .outerjoin(Vehicle, Vehicle.plate_key == held.c.plate_key)
        .outerjoin(VEHICLE_ENTRY, _is_entry(VEHICLE_ENTRY, Subject.VEHICLE, held.c.plate_key))
        .outerjoin(LIST_ENTRY, _is_entry(LIST_ENTRY, Subject.VIOLATIONS, held.c.plate_key))
        .order_by(held.c.bound_at, held.c.id)
    )
    return prebuilt(statement, HoldingRow)


def _licence() -> Prebuilt[LicenceRow]:
    """
    A licence with what the mirror knows of the question; always one row.

    Parameters: person_digest, person_key.
    """
    statement = (
        select(*LICENCE_COLUMNS)
        .select_from(ONE)
        .outerjoin(LICENCE_ENTRY, _is_entry(LICENCE_ENTRY, Subject.LICENCE, PERSON_KEY))
        .outerjoin(Licence, Licence.identity_digest == PERSON_DIGEST)
    )
    return prebuilt(statement, LicenceRow)


HOLDINGS = _holdings()
LICENCE = _licence()
