"""Statements about bound vehicles."""

from sqlalchemy import (
    LargeBinary,
    Select,
    String,
    Uuid,
    and_,
    bindparam,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from models.binding import VehicleBinding
from models.mirror import MirrorEntry, Subject, Vehicle

VEHICLE_COLUMNS = [column for column in Vehicle.__table__.c if column.name != "sealed"]


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


def _garage() -> Select[tuple[object, ...]]:
    """
    A citizen's live bindings with vehicle and mirror state, and the state of their decisions.

    Parameters: citizen_id, owner_digest, decisions_key. Always at least one row: without any
    binding its `binding_id` is null. Only those that are `still_theirs` may be shown.
    """
    one = select(literal(1).label("one")).subquery("one")
    vehicle_entry = aliased(MirrorEntry, name="vehicle_entry")
    list_entry = aliased(MirrorEntry, name="list_entry")
    decisions_entry = aliased(MirrorEntry, name="decisions_entry")
    binding = VehicleBinding
    held = (
        select(binding.id, binding.plate_key, binding.bound_at, STILL_THEIRS.label("still_theirs"))
        .join(Vehicle, Vehicle.plate_key == binding.plate_key)
        .where(
            binding.citizen_id == bindparam("citizen_id", type_=Uuid),
            binding.owner_digest == bindparam("owner_digest", type_=LargeBinary),
            binding.unbound_at.is_(None),
        )
        .subquery("held")
    )
    return (
        select(
            held.c.id.label("binding_id"),
            held.c.bound_at,
            held.c.still_theirs,
            *VEHICLE_COLUMNS,
            vehicle_entry.found.label("vehicle_found"),
            vehicle_entry.fetched_at.label("vehicle_fetched_at"),
            vehicle_entry.failed_at.label("vehicle_failed_at"),
            list_entry.fetched_at.label("list_fetched_at"),
            list_entry.failed_at.label("list_failed_at"),
            decisions_entry.fetched_at.label("decisions_fetched_at"),
            decisions_entry.failed_at.label("decisions_failed_at"),
        )
        .select_from(one)
        .outerjoin(
            decisions_entry,
            and_(
                decisions_entry.subject == Subject.DECISIONS,
                decisions_entry.key == bindparam("decisions_key", type_=String),
            ),
        )
        .outerjoin(held, literal(True))
        .outerjoin(Vehicle, Vehicle.plate_key == held.c.plate_key)
        .outerjoin(
            vehicle_entry,
            and_(
                vehicle_entry.subject == Subject.VEHICLE,
                vehicle_entry.key == held.c.plate_key,
            ),
        )
        .outerjoin(
            list_entry,
            and_(
                list_entry.subject == Subject.VIOLATIONS,
                list_entry.key == held.c.plate_key,
            ),
        )
        .order_by(held.c.bound_at, held.c.id)
    )


GARAGE = _garage()
